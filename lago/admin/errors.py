"""What a visitor sees when a page cannot be shown."""

import logging
from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from lago.admin import headers, shell
from lago.admin.access import NotPermitted
from lago.admin.blueprint import blueprint
from lago.admin.role_words import in_words
from lago.core.errors import DomainError

log = logging.getLogger(__name__)

TEXTS = {
    400: ("This request cannot be read", "Go back and try again."),
    403: ("Not allowed", "The page was open for too long, or this is not allowed here: reload it and try again."),
    404: ("Not found", "There is nothing here, or it belongs to another organization."),
    405: ("Not possible", "This is switched off, or not possible as things are now."),
    413: ("Too large", "What was sent is larger than this server takes."),
    500: ("Something went wrong", "It has been logged. Try again; if it happens again, look into the server's log."),
}


@blueprint.errorhandler(NotPermitted)
def not_permitted(error: NotPermitted) -> tuple[str, int]:
    return render_template("errors/not_permitted.html", permission=in_words(error.permission), roles=error.roles), 403


@blueprint.errorhandler(DomainError)
def domain_error(error: DomainError) -> tuple[str, int]:
    return _page(error.status)


@blueprint.errorhandler(DataError)
def data_error(error: DataError) -> tuple[str, int]:
    """A value that PostgreSQL cannot hold, such as a NUL character in a list of choices: nobody types that."""
    log.warning("value refused by the database", extra={"path": request.path, "reason": str(error.orig)})
    return _page(400)


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> tuple[str, int]:
    return _page(error.code or 500)


@blueprint.errorhandler(Exception)
def unexpected(error: Exception) -> tuple[str, int]:
    log.exception("unexpected error", extra={"method": request.method, "path": request.path}, exc_info=error)
    return _page(500)


def page_for_people(status: int) -> Response | None:
    """What a browser is shown for an error outside of these pages, such as an unknown address; None for programs."""
    if not _is_for_people():
        return None
    shell.begin()
    return headers.protect(make_response(_page(status, **shell.shell())), framed=False)


def _is_for_people() -> bool:
    """Whether HTML is asked for before anything else, and not of the API or the operator's endpoints."""
    of_programs = request.path.startswith(("/api/", "/admin/")) or request.path in ("/api", "/admin")
    return not of_programs and request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def _page(status: int, **context: Any) -> tuple[str, int]:
    title, text = TEXTS.get(status, TEXTS[500])
    return render_template("errors/error.html", title=title, text=text, **context), status
