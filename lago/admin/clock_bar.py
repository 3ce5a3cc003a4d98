"""The clock of a sandbox organization: seen on every page, moved from there (00 §3)."""

import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import make_response, redirect, request, session
from htmx_flask import make_response as htmx_response

from lago.admin.blueprint import blueprint
from lago.admin.clock_moves import CHOICES, last_move, news, remember
from lago.admin.pages import current_organization, form_text, page, show, wants_fragment
from lago.admin.sign_in import own_path
from lago.core import clock
from lago.core.db import transaction
from lago.core.errors import Invalid, LockTimeout, NotFound
from lago.core.fields import is_billable
from lago.organizations import clock as sandbox_clock
from lago.organizations.models import Organization
from lago.organizations.roles import HOME

log = logging.getLogger(__name__)

SENTENCES = {
    "value_is_in_the_past": "The clock stands later than that already. It only goes forward.",
    "invalid_date": "Say a date and a time, between the years 1900 and 9999.",
    "clock_has_moved": "The clock has moved since this page was made. Look where it stands now, and choose again.",
    "nothing_to_bill": "No subscription will be billed: there is no end of a period to go to.",
    "work_is_due_in_the_past": "Something is due before the present that was not done yet. Advance the clock to the "
    "present first, then it can go back to real time.",
}
BUSY = "Another advance of this clock, or work in the background, took longer than a minute. Try again soon."
FAILED = "Something failed at {}. All before is done, and the clock stands there. The log of the server has the reason."


@blueprint.app_template_global("clock_bar")
def clock_bar() -> dict[str, Any]:
    """What the bar shows on a page: whether the clock is moving just now, and what happened on the last way, once."""
    organization = current_organization()
    advancing = sandbox_clock.is_advancing(organization.id)
    return {"advancing": advancing, "move": news(organization), "seen": clock.now()}


@page("GET", "/clock", needs=HOME)
def sandbox_clock_page() -> str:
    organization = _sandbox()
    return show("clock/show.html", move=last_move(organization), real_now=clock.real_now())


@page("GET", "/clock/progress", needs=HOME)
def clock_progress() -> Any:
    """Asked for again and again while the clock moves; when it stands again, the page is loaded anew."""
    organization = _sandbox()
    advancing = sandbox_clock.is_advancing(organization.id)
    if not advancing and request.args.get("from") == "page":
        return htmx_response("", refresh=True)
    return show("clock/show.html", "clock/_progress.html", asked_by=request.args.get("from"))


@page("POST", "/clock", needs="test_clock:update", own_transactions=True)
def advance_clock() -> Any:
    """Moves the clock. The answer comes when all is done that fell due on the way."""
    organization = _sandbox()
    try:
        with transaction():
            moment = _wanted(organization)
            remember(organization, clock.now())
        sandbox_clock.advance(organization.id, moment)
    except Invalid as error:
        return _refused(organization, _sentence(error))
    except LockTimeout:
        return _refused(organization, BUSY)
    except sandbox_clock.AdvanceFailed as error:
        log.exception("advance failed", extra={"organization_id": str(organization.id)})
        return _refused(organization, FAILED.format(f"{error.reached:%-d %b %Y %H:%M} UTC"))
    return _back()


@page("POST", "/clock/release", needs="test_clock:update", own_transactions=True)
def release_clock() -> Any:
    """Back to real time; nothing happens to a clock that is there already."""
    organization = _sandbox()
    session.pop("clock_moved", None)
    try:
        sandbox_clock.release(organization.id)
    except Invalid as error:
        return _refused(organization, _sentence(error))
    except LockTimeout:
        return _refused(organization, BUSY)
    return _back()


def _sandbox() -> Organization:
    organization = current_organization()
    if not organization.sandbox:
        raise NotFound("test_clock")
    return organization


def _wanted(organization: Organization) -> datetime:
    """The moment that the form asks for. A quick choice counts from where the page saw the clock stand, so that one
    that is sent twice moves it once."""
    choice = CHOICES.get(form_text("to") or "")
    moment = _typed(form_text("seen" if choice else "moment"))
    if choice is None:
        return moment
    if organization.clock_now and organization.clock_now != moment:
        raise Invalid({"to": ["clock_has_moved"]})
    return choice(moment, organization)


def _typed(text: str | None) -> datetime:
    try:
        value = datetime.fromisoformat(text or "")
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid({"now": ["invalid_date"]}) from None
    if not is_billable(moment):
        raise Invalid({"now": ["invalid_date"]})
    return moment


def _sentence(error: Invalid) -> str:
    return " ".join(SENTENCES.get(code, code) for codes in error.details.values() for code in codes)


def _refused(organization: Organization, problem: str) -> Any:
    """The bar, or the page of the clock, as it now is, with what is wrong and what was typed."""
    with transaction():
        with clock.of(sandbox_clock.stands_at(organization.id)):
            return make_response(show("clock/show.html", "clock/_bar.html", problem=problem, move=None), 422)


def _back() -> Any:
    """To the page that the visitor was on, as it is at the new time."""
    if wants_fragment():
        parts = urlsplit(request.htmx.current_url or "")  # type: ignore[attr-defined]
        address = own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return htmx_response("", redirect=address)
    return redirect(own_path(form_text("back")))
