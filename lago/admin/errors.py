"""What a visitor sees when a page cannot be shown."""

import logging

from flask import render_template, request
from werkzeug.exceptions import HTTPException

from lago.admin.blueprint import blueprint
from lago.core.errors import DomainError

log = logging.getLogger(__name__)

TEXTS = {
    400: ("This request cannot be read", "Go back and try again."),
    403: ("Not allowed", "Your role does not open this, or the page was open for too long: reload it and try again."),
    404: ("Not found", "There is nothing here, or it belongs to another organization."),
    413: ("Too large", "What was sent is larger than this server takes."),
    500: ("Something went wrong", "It has been logged. Try again; if it happens again, look into the server's log."),
}


@blueprint.errorhandler(DomainError)
def domain_error(error: DomainError) -> tuple[str, int]:
    return _page(error.status)


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> tuple[str, int]:
    return _page(error.code or 500)


@blueprint.errorhandler(Exception)
def unexpected(error: Exception) -> tuple[str, int]:
    log.exception("unexpected error", extra={"method": request.method, "path": request.path}, exc_info=error)
    return _page(500)


def _page(status: int) -> tuple[str, int]:
    title, text = TEXTS.get(status, TEXTS[500])
    return render_template("errors/error.html", title=title, text=text), status
