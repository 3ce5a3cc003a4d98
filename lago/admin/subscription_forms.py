"""What the forms of subscriptions share: dates of the customer's zone, and looking before a change is confirmed."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import form_text, text, wants_fragment
from lago.admin.subscription_preview import Outcome, done, looked_at
from lago.core.errors import Invalid
from lago.core.fields import INVALID_DATE, is_billable
from lago.pricing.local_time import dawn, dusk

Errors = Mapping[str, Any]

OUTDATED = "preview_outdated"


def confirmed(
    change: Callable[[], Outcome], render: Callable[[Outcome | None, Errors], str], *, wanted: bool = True
) -> Any:
    """A page that shows what a change comes to, and makes it once that is confirmed.

    `wanted`: whether enough was chosen to look at it. What has become something else since it was shown is shown anew.
    """
    if request.method != "POST":
        return render(*_look(change) if wanted else (None, {}))
    try:
        return to_subscription(done(change, form_text("promise") or "").subscription_id)
    except Invalid as error:
        seen = _look(change)[0] if OUTDATED in error.details.get("base", ()) else None
        return render(seen, error.details), 422


def _look(change: Callable[[], Outcome]) -> tuple[Outcome | None, Errors]:
    try:
        return looked_at(change), {}
    except Invalid as error:
        return None, error.details


def to_subscription(subscription_id: object) -> Any:
    """To the page of a subscription, also from a drawer."""
    address = url_for("admin.subscription", subscription_id=subscription_id)
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def given(name: str) -> str | None:
    """What was chosen: in the address while one looks, in the form when it is confirmed."""
    return form_text(name) if request.method == "POST" else text(name)


def start_of_day(name: str, zone: ZoneInfo) -> datetime | None:
    """The beginning of the day that was typed, where the customer is. Raises Invalid."""
    day = _day(name)
    return dawn(day, zone) if day else None


def end_of_day(name: str, zone: ZoneInfo) -> datetime | None:
    """The last second of that day, so that it is the same day in UTC as far as that goes. Raises Invalid."""
    day = _day(name)
    return dusk(day, zone).replace(microsecond=0) if day else None


def _day(name: str) -> date | None:
    typed = form_text(name)
    if typed is None:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Invalid({name: [INVALID_DATE]}) from None
    if not is_billable(datetime.combine(day, datetime.min.time(), UTC)):
        raise Invalid({name: [INVALID_DATE]})
    return day
