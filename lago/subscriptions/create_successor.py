"""The record of a subscription that is to follow another one (03 §3.2)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import Plan
from lago.core import clock
from lago.core.db import db
from lago.organizations.choose_sections import decide
from lago.organizations.models import BillingEntity
from lago.subscriptions.activation_rules import put_rules
from lago.subscriptions.models import Subscription
from lago.subscriptions.payment_method import payment_method_type

_INHERITED = ("organization_id", "customer_id", "external_id", "subscription_at", "billing_time")
_INHERITED_UNLESS_SENT = ("ending_at", "consolidate_invoice", "purchase_order_number")


def create_successor(
    current: Subscription, plan: Plan, sent: Mapping[str, Any], values: Mapping[str, Any],
    entity: BillingEntity | None = None,
) -> Subscription:
    """A pending subscription on another plan, with what it takes over from `current`.

    `sent`: the client's object, of which only the names matter; `values`: as they were read. `entity`: the billing
    entity that is asked for. Raises Invalid for an unknown payment method, or for a rule that the start would wait for.
    """
    named = {name: values[name] if name in sent else getattr(current, name) for name in _INHERITED_UNLESS_SENT}
    successor = Subscription(
        **{name: getattr(current, name) for name in _INHERITED}, **named, customer=current.customer,
        plan_id=plan.id, plan=plan, previous_subscription_id=current.id, status="pending", created_at=clock.now(),
        name=values["name"], payment_method_type=payment_method_type(values["payment_method"]),
        billing_entity_id=entity.id if entity else current.billing_entity_id,
    )
    put_rules(successor, values["activation_rules"], successor.created_at)
    db.session.add(successor)
    db.session.flush()
    decide(successor, values["invoice_custom_section"])
    return successor
