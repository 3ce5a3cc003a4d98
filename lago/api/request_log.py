"""One log line for each request, and the id that joins it with all that was logged on the way."""

import logging
import re
import time

from flask import Flask, Response, g, request

from lago.core import logs
from lago.core.ids import new_id

log = logging.getLogger(__name__)

QUIET = frozenset(("operations.health", "operations.ready", "operations.metrics", "admin.asset_file", "static"))
"""What probes and browsers ask for all the time: logged at level DEBUG."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")


def install(app: Flask) -> None:
    """Has every request logged, with its id, which the answer carries as `X-Request-Id`."""
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)


def begin() -> None:
    """Takes over the id that a proxy gave, or makes one."""
    given = request.headers.get("X-Request-Id", "")
    g.started = time.perf_counter()
    g.request_id = given if _GIVEN_ID.fullmatch(given) else str(new_id())
    logs.set_request_id(g.request_id)


def end(response: Response) -> Response:
    if "request_id" not in g:  # the address itself could not be read
        begin()
    response.headers["X-Request-Id"] = g.request_id
    log.log(logging.DEBUG if request.endpoint in QUIET else logging.INFO, "request", extra=_facts(response))
    return response


def forget(error: BaseException | None) -> None:
    logs.set_request_id(None)


def _facts(response: Response) -> dict[str, object]:
    return {
        "method": request.method,
        "path": _path(),
        "status": response.status_code,
        "duration_ms": round((time.perf_counter() - g.started) * 1000, 1),
        "organization_id": g.get("organization_id"),
    }


def _path() -> str:
    """Without the query; a link that opens something by itself is as good as a key, and only its pattern is told."""
    rule = request.url_rule
    return rule.rule if rule and "token" in rule.arguments else request.path
