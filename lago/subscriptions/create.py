"""The record of a new subscription (03 §2.1, §2.2). What is billed at once is `invoicing/subscribe.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lago.catalog.models import Plan
from lago.catalog.units_only import WantedUnits
from lago.core import clock
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.organizations.choose_sections import decide
from lago.organizations.models import BillingEntity
from lago.pricing.local_time import local_date
from lago.subscriptions.activation_rules import put_rules, settle_rules
from lago.subscriptions.fixed_charge_units import give_own_units, start_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.payment_method import payment_method_type
from lago.subscriptions.queries import last_billed_end
from lago.subscriptions.schedule import schedule
from lago.subscriptions.terms import zone_of
from lago.subscriptions.trial import first_start

BILLING_TIMES = ("calendar", "anniversary")


def create_subscription(
    customer: Customer, plan: Plan, values: Mapping[str, Any], entity: BillingEntity | None = None,
    units: Sequence[WantedUnits] = (),
) -> Subscription:
    """Starts a subscription by the local date of `subscription_at`: today or earlier at once, else pending.

    `entity`: the billing entity it is bound to. `units`: those of fixed charges that are its own. Raises Invalid for a
    blank external id or an unknown billing time.
    """
    check_record(values)
    subscription = _record(customer, plan, values, entity)
    if units:
        db.session.add(subscription)
        db.session.flush()
        give_own_units(subscription, units)
    if not is_dated_back(subscription):
        put_rules(subscription, values["activation_rules"], subscription.subscription_at)
    if start_day_has_come(subscription):
        activate(subscription, _start(subscription))
    schedule(subscription)
    with unique("uq_subscriptions_active", "external_id"):
        db.session.add(subscription)
    decide(subscription, values["invoice_custom_section"])
    if subscription.status == "active":
        start_units(subscription)
        announce("subscription.started", subscription)
    return subscription


def _record(
    customer: Customer, plan: Plan, values: Mapping[str, Any], entity: BillingEntity | None
) -> Subscription:
    now = clock.now()
    return Subscription(
        organization_id=customer.organization_id, customer_id=customer.id, customer=customer,
        plan_id=plan.id, plan=plan,
        subscription_at=values["subscription_at"] or now, status="pending", created_at=now,
        billing_entity_id=entity.id if entity else None,
        payment_method_type=payment_method_type(values["payment_method"]),
        **{name: values[name] for name in _COPIED},
    )


_COPIED = (
    "external_id", "name", "billing_time", "ending_at", "consolidate_invoice", "progressive_billing_disabled",
    "purchase_order_number",
)


def check_record(values: Mapping[str, Any]) -> None:
    """Raises Invalid for what no subscription can be made of."""
    problems: dict[str, list[str]] = {}
    if not values["external_id"]:
        problems["external_id"] = [MANDATORY]
    if values["billing_time"] not in BILLING_TIMES:
        problems["billing_time"] = [INVALID if values["billing_time"] else MANDATORY]
    if problems:
        raise Invalid(problems)


def start_day_has_come(subscription: Subscription) -> bool:
    """Whether the local date of `subscription_at` is today or earlier."""
    zone = zone_of(subscription)
    return local_date(subscription.subscription_at, zone) <= local_date(clock.now(), zone)


def is_dated_back(subscription: Subscription) -> bool:
    """Whether the local date of `subscription_at` is over."""
    return start_day_has_come(subscription) and not starts_today(subscription)


def starts_today(subscription: Subscription) -> bool:
    """Whether the local date of `subscription_at` is today's: only then is it billed at its creation."""
    zone = zone_of(subscription)
    return local_date(subscription.subscription_at, zone) == local_date(clock.now(), zone)


def activate(subscription: Subscription, started_at: datetime) -> None:
    """Puts the subscription into service from `started_at` on."""
    subscription.first_started_at = first_start(subscription, started_at)
    subscription.status = "active"
    subscription.started_at = started_at
    settle_rules(subscription)
    subscription.activated_at = clock.now()


def _start(subscription: Subscription) -> datetime:
    """`subscription_at`; dated back, not before the end of what was billed under this external id (03 §2.2)."""
    if starts_today(subscription):
        return subscription.subscription_at
    ended = last_billed_end(subscription.customer, subscription.external_id)
    return max(subscription.subscription_at, ended) if ended else subscription.subscription_at
