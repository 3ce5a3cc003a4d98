"""A subscription gets another plan, ends, or is not to begin: what that bills and credits is seen before."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request

from lago.admin.pages import current_organization, page, show
from lago.admin.subscription_forms import Errors, confirmed, given, to_subscription
from lago.admin.subscription_preview import Outcome, done, shown
from lago.admin.subscription_timeline import change_day, plan_name
from lago.admin.subscriptions import local_day, own_subscription
from lago.catalog.browse import find_plan, plans_by_name
from lago.catalog.models import Plan
from lago.core.errors import Invalid
from lago.core.fields import MANDATORY
from lago.core.ids import as_uuid
from lago.customers.hold import hold
from lago.invoicing.documents_made import documents_made_of
from lago.invoicing.subscribe import subscribe
from lago.invoicing.terminate import terminate
from lago.pricing.plan_changes import is_upgrade
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import next_subscription, price_of
from lago.subscriptions.update import CREDIT_NOTE_OPTIONS, INVOICE_OPTIONS

LIVE = ("active", "pending")


@page("GET POST", "/subscriptions/<uuid:subscription_id>/change", needs="subscriptions:update")
def change_plan(subscription_id: uuid.UUID) -> Any:
    """Another plan: an upgrade is billed at once, a downgrade waits for the end of the period (03 §3)."""
    record = own_subscription(subscription_id)
    if record.status not in LIVE or (record.status == "pending" and record.previous_subscription_id):
        return to_subscription(record.id)
    typed = {"plan": given("plan"), "name": given("name") if "name" in request.values else record.name}
    change = partial(put_on, subscription_id, as_uuid(typed["plan"]), typed["name"])
    return confirmed(change, partial(show_change, subscription_id, typed), wanted=typed["plan"] is not None)


def put_on(subscription_id: uuid.UUID, plan_id: uuid.UUID | None, name: str | None) -> Outcome:
    """Puts a subscription on that plan. Raises Invalid."""
    record = own_subscription(subscription_id)
    plan = find_plan(record.organization_id, plan_id) if plan_id else None
    if plan is None or plan.pending_deletion:
        raise Invalid({"plan": [MANDATORY]})
    if plan.id == record.plan_id:
        raise Invalid({"plan": ["same_plan"]})
    body = {
        "external_customer_id": record.customer.external_id, "external_id": record.external_id,
        "plan_code": plan.code, "name": name or "",
    }
    asked = partial(subscribe, current_organization(), body)
    result, made = documents_made_of(record, while_it_is(record, LIVE, asked))
    if result.id != record.id:
        return shown("upgrade", made, subscription_id=result.id, next_bill=local_day(result, result.billing_due_at))
    if record.status == "pending":
        return shown("replaced", made, subscription_id=record.id, day=local_day(record, record.activation_due_at))
    return shown("downgrade", made, subscription_id=record.id, day=local_day(record, change_day(record)))


def show_change(subscription_id: uuid.UUID, typed: dict[str, Any], outcome: Outcome | None, errors: Errors) -> str:
    record = own_subscription(subscription_id)
    plans = plans_by_name(record.organization_id)
    others = [plan for plan in plans if plan.id != record.plan_id and not plan.pending_deletion]
    upgrades, downgrades = ([plan for plan in others if is_dearer(record, plan) is wanted] for wanted in (True, False))
    return show(
        "subscriptions/change.html", "subscriptions/_change.html", subscription=record, typed=typed, outcome=outcome,
        errors=errors, plan_name=plan_name, successor=next_subscription(record),
        offers=[("Upgrades, at once", upgrades), ("Downgrades, when the period ends", downgrades)],
        chosen=next((plan for plan in others if str(plan.id) == typed["plan"]), None),
    )


def is_dearer(record: Subscription, plan: Plan) -> bool:
    return is_upgrade(price_of(record.plan), price_of(plan))


@page("GET POST", "/subscriptions/<uuid:subscription_id>/terminate", needs="subscriptions:update")
def terminate_subscription(subscription_id: uuid.UUID) -> Any:
    """The end of an active subscription, by its options (03 §6.1). What it comes to is worked out when the options are
    sent, which the page does as soon as it is open: it takes as long as the end itself."""
    record = own_subscription(subscription_id)
    if record.status != "active":
        return to_subscription(record.id)
    options = options_of(record)
    change, render = partial(end, subscription_id, options), partial(show_end, subscription_id, options)
    chosen = ("on_termination_invoice", "on_termination_credit_note")
    return confirmed(change, render, wanted=any(given(name) for name in chosen))


def options_of(record: Subscription) -> dict[str, Any]:
    """How it is to end: as chosen, else as it is kept on the subscription, else as usual."""
    invoice = given("on_termination_invoice")
    options = {"on_termination_invoice": invoice if invoice in INVOICE_OPTIONS else record.on_termination_invoice}
    if record.plan.pay_in_advance:
        note, kept = given("on_termination_credit_note"), record.on_termination_credit_note
        options["on_termination_credit_note"] = note if note in CREDIT_NOTE_OPTIONS else kept or "credit"
    return options


def end(subscription_id: uuid.UUID, options: dict[str, Any]) -> Outcome:
    """Terminates a subscription. Raises Invalid."""
    record = own_subscription(subscription_id)
    _, made = documents_made_of(record, while_it_is(record, ("active",), partial(terminate, record, options)))
    return shown("end", made, subscription_id=record.id)


def show_end(subscription_id: uuid.UUID, options: dict[str, Any], outcome: Outcome | None, errors: Errors) -> str:
    record = own_subscription(subscription_id)
    return show(
        "subscriptions/terminate.html", "subscriptions/_terminate.html", subscription=record, options=options,
        outcome=outcome, errors=errors, plan_name=plan_name, successor=next_subscription(record),
    )


@page("GET POST", "/subscriptions/<uuid:subscription_id>/cancel", needs="subscriptions:update")
def cancel_subscription(subscription_id: uuid.UUID) -> Any:
    """What has not begun is not to begin: a start in the future, or a downgrade, which so is taken back (03 §3.4)."""
    record = own_subscription(subscription_id)
    if record.status != "pending":
        return to_subscription(record.id)
    previous_id = record.previous_subscription_id
    if request.method == "POST":
        done(partial(take_back, record), None)
        return to_subscription(previous_id or record.id)
    previous = own_subscription(previous_id) if previous_id else None
    return show("subscriptions/cancel.html", subscription=record, previous=previous, plan_name=plan_name)


def take_back(record: Subscription) -> Outcome:
    _, made = documents_made_of(record, while_it_is(record, ("pending",), partial(terminate, record)))
    return shown("canceled", made, subscription_id=record.id)


def while_it_is(record: Subscription, statuses: tuple[str, ...], verb: Callable[[], Any]) -> Callable[[], Any]:
    """The verb, once the customer is locked, if the subscription is still of such a status. Raises Invalid."""

    def checked() -> Any:
        hold(record.customer_id, current_organization())
        if record.status not in statuses or record.customer.deleted_at:
            raise Invalid({"base": ["subscription_changed"]})
        return verb()

    return checked
