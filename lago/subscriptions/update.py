"""Changes of a subscription that bill nothing by themselves (03 §2.4)."""

from datetime import datetime
from typing import Any

from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import INVALID_DATE
from lago.core.outbox import announce
from lago.organizations.choose_sections import SectionChoice, decide
from lago.organizations.queries import billing_entity_named
from lago.subscriptions.activation_rules import put_rules
from lago.subscriptions.ending import ends_later
from lago.subscriptions.models import Subscription
from lago.subscriptions.payment_method import payment_method_type
from lago.subscriptions.schedule import schedule, starts_by_itself

CREDIT_NOTE_OPTIONS = ("credit", "refund", "skip", "offset")
INVOICE_OPTIONS = ("generate", "skip")


def update_subscription(subscription: Subscription, values: dict[str, Any]) -> None:
    """Changes what `values` name, but the start. Raises Invalid, NotAllowed or NotFound and changes nothing."""
    _check_ending(subscription, values)
    check_termination_options(subscription, values)
    _check_purchase_order(subscription, values)
    _replace_rules(subscription, values)
    _bind(subscription, values)
    for name in ("ending_at", "consolidate_invoice", "progressive_billing_disabled", "purchase_order_number"):
        if name in values:
            setattr(subscription, name, values[name])
    if "name" in values:
        subscription.name = values["name"] or ""
    if "payment_method" in values:
        subscription.payment_method_type = payment_method_type(values["payment_method"])
    store_termination_options(subscription, values)
    decide(subscription, values.get("invoice_custom_section", SectionChoice()))
    schedule(subscription)
    announce("subscription.updated", subscription)


def check_termination_options(subscription: Subscription, values: dict[str, Any]) -> None:
    """Raises Invalid for an unknown way to end. Of plans in arrears the credit-note option is not looked at."""
    problems = {
        name: ["invalid_value"]
        for name, known in _OPTIONS.items()
        if values.get(name) is not None and values[name] not in known
        and (name != "on_termination_credit_note" or subscription.plan.pay_in_advance)
    }
    if problems:
        raise Invalid(problems)


def store_termination_options(subscription: Subscription, values: dict[str, Any]) -> None:
    """Keeps how the subscription is to end; the credit-note option only for plans in advance."""
    if values.get("on_termination_credit_note") and subscription.plan.pay_in_advance:
        subscription.on_termination_credit_note = values["on_termination_credit_note"]
    if values.get("on_termination_invoice"):
        subscription.on_termination_invoice = values["on_termination_invoice"]


def default_termination_options(subscription: Subscription) -> dict[str, Any]:
    """How it ends if nobody says otherwise (03 §6.1)."""
    return {"on_termination_credit_note": subscription.on_termination_credit_note or "credit"}


_OPTIONS = {"on_termination_credit_note": CREDIT_NOTE_OPTIONS, "on_termination_invoice": INVOICE_OPTIONS}


def new_start(subscription: Subscription, values: dict[str, Any]) -> datetime | None:
    """Where the start is moved to, if it can be: of a start to come, but not that of a change of plan."""
    return values.get("subscription_at") if starts_by_itself(subscription) else None


def _check_ending(subscription: Subscription, values: dict[str, Any]) -> None:
    if not ends_later(values.get("ending_at"), new_start(subscription, values) or subscription.subscription_at):
        raise Invalid({"ending_at": [INVALID_DATE]})


def _replace_rules(subscription: Subscription, values: dict[str, Any]) -> None:
    if values.get("activation_rules") is None:
        return
    if subscription.status != "pending":
        raise Invalid({"activation_rules": ["subscription_not_pending"]})
    start = new_start(subscription, values) or subscription.subscription_at
    put_rules(subscription, values["activation_rules"], start)


def _bind(subscription: Subscription, values: dict[str, Any]) -> None:
    """Has another billing entity invoice the subscription, if one is named."""
    entity = billing_entity_named(
        subscription.organization_id, values.get("billing_entity_code"), values.get("billing_entity_id")
    )
    if entity is not None:
        subscription.billing_entity_id = entity.id


def _check_purchase_order(subscription: Subscription, values: dict[str, Any]) -> None:
    present = subscription.purchase_order_number
    ended = subscription.status in ("terminated", "canceled")
    if ended and values.get("purchase_order_number", present) != present:
        raise NotAllowed("purchase_order_number_not_editable")
