"""Errors of the domain. The edges turn them into the contract's JSON (06 §2.2) or into a page."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Something the caller asked for cannot be done; nothing has been changed."""

    status = 500


class BadRequest(DomainError):
    """400: the request has not the shape that any endpoint could read."""

    status = 400


class Unauthorized(DomainError):
    """401: no key, or one that is unknown or expired."""

    status = 401


class Forbidden(DomainError):
    """403, with the code of what is not allowed to this caller."""

    status = 403

    def __init__(self, code: str = "feature_unavailable") -> None:
        super().__init__(code)
        self.code = code


class NotFound(DomainError):
    """404 `<resource>_not_found`."""

    status = 404

    def __init__(self, resource: str) -> None:
        super().__init__(resource)
        self.code = f"{resource}_not_found"


class NotAllowed(DomainError):
    """405: the state of the object forbids it."""

    status = 405

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(DomainError):
    """413: the body is over the limit."""

    status = 413


class Invalid(DomainError):
    """422 `validation_errors`: codes by field, `{"name": ["value_is_mandatory"]}`; batches nest them by index."""

    status = 422

    def __init__(self, details: Mapping[str, Any] | str) -> None:
        super().__init__(str(details))
        self.details = details


class LockTimeout(DomainError):
    """422 `lock_acquisition_failed`: another request held the object for too long."""

    status = 422


class TooManyRequests(DomainError):
    """429: slow down; `retry_after` in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
