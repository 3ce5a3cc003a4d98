"""Domain errors as the contract's JSON (06 §2.2)."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from lago.api.replies import as_response
from lago.core.errors import (
    BadRequest,
    DomainError,
    Forbidden,
    Invalid,
    LockTimeout,
    NotAllowed,
    NotFound,
    TooManyRequests,
)

log = logging.getLogger(__name__)

_NAMES = {
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
    422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error",
}


def install(app: Flask, page: Callable[[int], Response | None]) -> None:
    """Has every error leave as JSON, or as the `page` of its status where that gives one.

    The blueprint of the pages has handlers of its own.
    """
    handlers: dict[type[Exception], Callable[[Any], Response]] = {
        DomainError: domain_error, HTTPException: http_error, DataError: data_error,
        RecursionError: nested_too_deeply, Exception: unexpected,
    }
    for kind, handler in handlers.items():
        app.register_error_handler(kind, partial(_answered, handler, page))


def _answered(
    handler: Callable[[Any], Response], page: Callable[[int], Response | None], error: Exception
) -> Response:
    answer = handler(error)
    return (page(answer.status_code) if answer.status_code >= 400 else None) or answer


def domain_error(error: DomainError) -> Response:
    return as_response(_body(error), error.status)


def http_error(error: HTTPException) -> Response:
    """Routing errors: an unknown path, or a known one with another verb, is `resource_not_found` (00 §5)."""
    status = error.code or 500
    if status in (404, 405):
        return as_response(_with_code(404, "resource_not_found"), 404)
    if status < 300 or status in (301, 302, 307, 308):
        return error.get_response()  # type: ignore[return-value]
    return as_response({"status": status, "error": _NAMES.get(status, error.name)}, status)


def data_error(error: DataError) -> Response:
    """A value that PostgreSQL cannot hold and no schema caught: the client's mistake all the same."""
    log.warning("value refused by the database", extra={"path": request.path, "reason": str(error.orig)})
    return as_response(_with_details({"base": ["value_is_invalid"]}), 422)


def nested_too_deeply(error: RecursionError) -> Response:
    """JSON of hundreds of levels, more than can be gone through."""
    log.warning("request nested too deeply", extra={"method": request.method, "path": request.path})
    return as_response({"status": 400, "error": "Bad Request"}, 400)


def unexpected(error: Exception) -> Response:
    log.exception("unexpected error", extra={"method": request.method, "path": request.path}, exc_info=error)
    return as_response({"status": 500, "error": _NAMES[500]}, 500)


def _body(error: DomainError) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return _with_details(error.details)
    if isinstance(error, BadRequest):
        return {"status": 400, "error": str(error)}
    if isinstance(error, LockTimeout):
        return _with_code(422, "lock_acquisition_failed")
    if isinstance(error, TooManyRequests):
        return {"status": 429, "error": _NAMES[429], "code": "too_many_requests"}
    if isinstance(error, Forbidden | NotFound | NotAllowed):
        return _with_code(error.status, error.code)
    return {"status": error.status, "error": _NAMES[error.status]}


def _with_code(status: int, code: str) -> dict[str, Any]:
    return {"status": status, "error": _NAMES[status], "code": code}


def _with_details(details: Any) -> dict[str, Any]:
    return {**_with_code(422, "validation_errors"), "error_details": details}
