"""An event is sent from the browser: to try what it does (01 §1.1)."""

from datetime import UTC, datetime
from typing import Any

from flask import request, url_for

from lago.admin.expressions import read_properties
from lago.admin.pages import current_organization, form_text, found, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.catalog.browse import metric_codes
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.core.fields import MANDATORY
from lago.core.ids import new_id
from lago.metering.ingest import ingest_event
from lago.metering.queries import event_by_transaction_id
from lago.subscriptions.browse import browse_active

TEXTS = ("external_subscription_id", "code", "transaction_id", "timestamp", "precise_total_amount_cents", "properties")


@page("GET POST", "/events/new", needs="events:create")
def new_event() -> Any:
    """The form for the subscription and the metric that the address names, or what was sent."""
    if request.method != "POST":
        first = {"external_subscription_id": text("subscription") or "", "code": text("code") or ""}
        return show_form(dict.fromkeys(TEXTS, "") | first | {"properties": "{}"})
    typed = {name: request.form.get(name, "").replace("\0", "").strip() for name in TEXTS}
    organization_id = current_organization().id
    try:
        with all_or_nothing():
            sent = ingest_event(organization_id, body_of(typed))
    except Invalid as error:
        return show_form(typed, errors=errors_of(error)), 422
    stored = found(event_by_transaction_id(organization_id, sent.transaction_id), "event")
    return leave_to(url_for("admin.event", seq=stored.seq))


def body_of(typed: dict[str, str]) -> dict[str, Any]:
    """The API's object; without a transaction of its own it is given one. Raises Invalid, also for an event of no
    subscription: nobody would be charged for it."""
    if not form_text("external_subscription_id"):
        raise Invalid({"external_subscription_id": [MANDATORY]})
    given = {name: value for name, value in typed.items() if value}
    moment = {"timestamp": in_utc(typed["timestamp"])} if typed["timestamp"] else {}
    properties = read_properties(typed["properties"])
    return {"transaction_id": str(new_id()), "code": "", **given, **moment, "properties": properties}


def in_utc(typed: str) -> str:
    """A time as the browser's field has it, which is without a zone; what is none as it is, for the verb to refuse."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def errors_of(error: Invalid) -> dict[str, Any]:
    """By the names of the form's fields; a sentence of an expression that cannot be computed stands on top."""
    if isinstance(error.details, str):
        return {"base": [error.details]}
    details: Any = error.details
    return {"properties" if name == "sample_properties" else name: codes for name, codes in details.items()}


def show_form(typed: dict[str, str], **context: Any) -> str:
    organization_id = current_organization().id
    known = paged(browse_active(organization_id, typed["external_subscription_id"] or None)).items
    return show(
        "events/new.html", typed=typed, codes=metric_codes(organization_id), subscriptions=known, **context
    )
