"""What of a subscription changes without a bill: its name, its end, how it is invoiced (03 §2.4)."""

import uuid
from datetime import datetime
from functools import partial
from typing import Any

from flask import request

from lago.admin.billing_entities import entity_options, own_entities
from lago.admin.pages import form_text, page, show
from lago.admin.section_choice import object_of, offered_sections, sections_chosen_by, typed_sections
from lago.admin.subscription_forms import end_of_day, start_of_day, to_subscription
from lago.admin.subscription_preview import Outcome, done, shown
from lago.admin.subscriptions import local_day, own_subscription
from lago.core.errors import Invalid
from lago.invoicing.change import change
from lago.invoicing.documents_made import documents_made_of
from lago.subscriptions.models import Subscription
from lago.subscriptions.schemas import SubscriptionUpdateInput
from lago.subscriptions.terms import zone_of

TEXTS = ("name", "purchase_order_number", "ending_at", "subscription_at", "billing_entity_code")
FLAGS = ("consolidate_invoice", "progressive_billing_disabled")
OPTIONS = ("on_termination_credit_note", "on_termination_invoice")


@page("GET POST", "/subscriptions/<uuid:subscription_id>/edit", needs="subscriptions:update")
def edit_subscription(subscription_id: uuid.UUID) -> Any:
    record = own_subscription(subscription_id)
    if record.status not in ("active", "pending"):
        return to_subscription(record.id)
    if request.method != "POST":
        return show_edit(record, values_of(record))
    try:
        done(partial(save, record), None)
    except Invalid as error:
        return show_edit(own_subscription(subscription_id), typed_values(), errors=error.details), 422
    return to_subscription(subscription_id)


def save(record: Subscription) -> Outcome:
    """Changes what was changed in the form. Raises Invalid."""
    data = SubscriptionUpdateInput().read(changes(record))
    _, made = documents_made_of(record, partial(change, record, data))
    return shown("changed", made, subscription_id=record.id)


def changes(record: Subscription) -> dict[str, Any]:
    """The API's object: dates only if another day was typed, as their time of day would change with them."""
    typed, before = typed_values(), values_of(record)
    body: dict[str, Any] = {name: typed[name] or None for name in ("purchase_order_number",)}
    body["name"] = typed["name"]
    body |= {name: typed[name] for name in FLAGS}
    body |= {name: typed[name] for name in OPTIONS if typed[name] and typed[name] != before[name]}
    if typed["ending_at"] != before["ending_at"]:
        body["ending_at"] = _iso(end_of_day("ending_at", zone_of(record)))
    if may_move_start(record) and typed["subscription_at"] not in ("", before["subscription_at"]):
        body["subscription_at"] = _iso(start_of_day("subscription_at", zone_of(record)))
    if typed["billing_entity_code"] not in ("", before["billing_entity_code"]):
        body["billing_entity_code"] = typed["billing_entity_code"]
    return body | object_of(typed["sections"], before["sections"])


def may_move_start(record: Subscription) -> bool:
    """Whether it is to start on a day of its own, and has not yet."""
    return record.status == "pending" and record.previous_subscription_id is None


def values_of(record: Subscription) -> dict[str, Any]:
    """What the form shows of a subscription."""
    starts_on, ends_on = (local_day(record, at) for at in (record.subscription_at, record.ending_at))
    return {
        "name": record.name, "purchase_order_number": record.purchase_order_number or "",
        "ending_at": ends_on.isoformat() if ends_on else "",
        "subscription_at": starts_on.isoformat() if starts_on else "",
        "billing_entity_code": entity_code(record), "sections": sections_chosen_by(record),
        **{name: getattr(record, name) for name in FLAGS},
        "on_termination_credit_note": record.on_termination_credit_note or "credit",
        "on_termination_invoice": record.on_termination_invoice,
    }


def typed_values() -> dict[str, Any]:
    texts = {name: form_text(name) or "" for name in (*TEXTS, *OPTIONS)}
    return texts | {"sections": typed_sections(), "consolidate_invoice": "consolidate_invoice" in request.form,
                    "progressive_billing_disabled": "bill_at_thresholds" not in request.form}


def show_edit(record: Subscription, values: dict[str, Any], **context: Any) -> str:
    return show(
        "subscriptions/edit.html", subscription=record, values=values, may_move_start=may_move_start(record),
        entities=entity_options(), offered=offered_sections(record.organization_id), **context,
    )


def entity_code(record: Subscription) -> str:
    """Of the billing entity that it was bound to; empty for the customer's."""
    return next((one.code for one in own_entities() if one.id == record.billing_entity_id), "")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
