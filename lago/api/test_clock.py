"""`/test_clock`: the clock of a sandbox organization (00 §3)."""

import logging
from typing import Any

from flask import Response

from lago.api.kit import body, current_organization
from lago.api.replies import as_response
from lago.api.routes import endpoint
from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import is_billable, iso, parse_moment
from lago.organizations import clock as sandbox_clock

log = logging.getLogger(__name__)


@endpoint("GET", "/test_clock", permission="organization")
def show_test_clock() -> dict[str, Any]:
    organization = current_organization()
    sandbox_clock.require_sandbox(organization)
    status = "advancing" if sandbox_clock.is_advancing(organization.id) else "ready"
    return {"test_clock": {"now": iso(clock.now()), "status": status}}


@endpoint("PUT", "/test_clock", permission="organization", own_transactions=True)
def update_test_clock() -> dict[str, Any] | Response:
    organization = current_organization()
    sandbox_clock.require_sandbox(organization)
    now = parse_moment(body("test_clock").get("now"))
    if now is None or not is_billable(now):
        raise Invalid({"now": ["invalid_date"]})
    try:
        sandbox_clock.advance(organization.id, now)
    except sandbox_clock.AdvanceFailed as error:
        log.exception("advance failed", extra={"organization_id": str(organization.id)})
        reached = {"now": iso(error.reached), "status": "failed"}
        return as_response({"status": 500, "error": "Internal Server Error", "test_clock": reached}, 500)
    return {"test_clock": {"now": iso(now), "status": "ready"}}


@endpoint("DELETE", "/test_clock", permission="organization", own_transactions=True)
def delete_test_clock() -> dict[str, Any]:
    organization = current_organization()
    sandbox_clock.require_sandbox(organization)
    sandbox_clock.release(organization.id)
    return {"test_clock": {"now": iso(clock.real_now()), "status": "ready"}}
