"""Has the requests that may have changed something kept in the organization's API log (06 §6)."""

import logging

from flask import Response, g, request

from lago.api.routes import PERMISSIONS, api
from lago.audit.note_request import Exchange, note_request
from lago.core.db import transaction

log = logging.getLogger(__name__)

_READING = ("GET", "HEAD", "OPTIONS")

UNLOGGED = frozenset(("event", "activity_log", "api_log", "security_log"))
"""Permission resources whose endpoints are not logged."""

_CLOCK = "api.test_clock_"
"""Nor is the sandbox's clock: clients ask it after every write, and nothing of Lago's is asked."""


@api.after_request
def note(response: Response) -> Response:
    """Whatever happens here, the answer is as it was: its work is committed already."""
    try:
        if is_logged():
            with transaction():
                note_request(exchange(response))
    except Exception:
        log.exception("request not logged", extra={"method": request.method, "path": request.path})
    return response


def is_logged() -> bool:
    """Whether the request came with a valid key and is of a kind that is kept; refused ones are kept too."""
    name = request.endpoint or ""
    kept = PERMISSIONS.get(name) not in UNLOGGED and not name.startswith(_CLOCK)
    return request.method not in _READING and "api_key_id" in g and kept


def exchange(response: Response) -> Exchange:
    return Exchange(
        organization_id=g.organization_id, api_key_id=g.api_key_id, clock_now=g.clock_now, request_id=g.request_id,
        method=request.method, path=request.path, client=request.user_agent.string,
        origin=request.headers.get("Origin") or request.host_url, body=sent_body(), status=response.status_code,
        answer=response.get_data(),
    )


def sent_body() -> bytes:
    """What came with the request; nothing where it could not be read."""
    try:
        return request.get_data()
    except Exception:  # each server has exceptions of its own for this
        return b""
