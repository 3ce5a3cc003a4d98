"""A new subscription, and what is billed at its start (03 §2.1, §2.2)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lago.catalog.models import Plan
from lago.catalog.queries import keep_from_deletion, plan_by_code
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.fields import MANDATORY
from lago.core.outbox import announce
from lago.customers.find_or_create import find_or_create_customer
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.bill_units import bill_units
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.change_plan import PlanRequest, change_plan
from lago.invoicing.history import History
from lago.invoicing.make import make_invoices
from lago.invoicing.settle import settle
from lago.metering.watch_thresholds import watch_thresholds
from lago.organizations.choose_sections import decide
from lago.organizations.models import Organization
from lago.organizations.queries import billing_entity_named
from lago.pricing.windows import Situation, windows
from lago.subscriptions.chosen_plan import chosen_plan
from lago.subscriptions.create import activate, check_record, create_subscription, starts_today
from lago.subscriptions.fixed_charge_units import AFTER_START, start_units, started
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import external_id_is_taken
from lago.subscriptions.schedule import put_off, schedule
from lago.subscriptions.schemas import SubscriptionInput
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import is_in_trial
from lago.subscriptions.usage_thresholds import check_thresholds_are_given_once, write_own_thresholds

_NAMES = SubscriptionInput(only=("plan_code", "billing_entity_code", "billing_entity_id"))


def subscribe(organization: Organization, data: Mapping[str, Any]) -> Subscription:
    """The subscription that a client's object asks for: a new one, billed at once if it is in advance and starts today.

    The same plan again answers the running subscription unchanged, another plan changes it (`change_plan`). An unknown
    customer is created. Raises NotFound for an unknown plan or billing entity, Invalid for bad values or an external id
    that another customer uses; what overrides may raise.
    """
    named = _NAMES.read(data)  # what is unknown is said before what is wrong (03 §2.1)
    entity = billing_entity_named(organization.id, named["billing_entity_code"], named["billing_entity_id"])
    plan = _plan(organization, named["plan_code"])
    values = SubscriptionInput().read(data)
    if not (values["external_customer_id"] or "").strip():
        raise Invalid({"external_customer_id": [MANDATORY]})
    check_thresholds_are_given_once(data)
    customer = find_or_create_customer(organization, values["external_customer_id"], entity)
    hold(customer.id, organization)
    customer.currency = customer.currency or plan.amount_currency
    answer, chosen = _chosen(customer, PlanRequest(plan, data, values, entity))
    write_own_thresholds(chosen, data.get("usage_thresholds"))
    watch_thresholds([chosen])
    ask_refresh_after([chosen])
    return answer


def _chosen(customer: Customer, wanted: PlanRequest) -> tuple[Subscription, Subscription]:
    """The subscription to answer with, and the one that is on the plan that is asked for."""
    external_id = wanted.values["external_id"]
    current = settle(customer, external_id)
    if current is not None and current.plan_id == wanted.plan.id:
        decide(current, wanted.values["invoice_custom_section"])
        return current, current
    keep_from_deletion(wanted.plan)
    if current is not None:
        return change_plan(current, wanted)
    if external_id_is_taken(customer, external_id):
        raise Invalid({"external_id": ["value_already_exist"]})
    subscription = _new(customer, wanted)
    return subscription, subscription


def _new(customer: Customer, wanted: PlanRequest) -> Subscription:
    check_record(wanted.values)
    plan, units = chosen_plan(wanted.plan, wanted.sent.get("plan_overrides"))
    subscription = create_subscription(customer, plan, wanted.values, wanted.entity, units)
    if subscription.status == "active" and starts_today(subscription):
        bill_start([subscription], subscription.subscription_at)
    return subscription


def activate_due(customer_ids: Sequence[uuid.UUID]) -> None:
    """Starts the customers' pending subscriptions whose local start date has come, as of now, and bills them.

    One whose external id another customer's active subscription has by now waits for that to end (03 §2.3).
    """
    query = select(Subscription).where(
        Subscription.customer_id.in_(customer_ids),
        Subscription.status == "pending",
        Subscription.activation_due_at <= clock.now(),
    )
    for subscription in db.session.scalars(query.order_by(Subscription.seq)).all():
        if external_id_is_taken(subscription.customer, subscription.external_id):
            put_off(subscription)
        else:
            _begin(subscription)


def _begin(subscription: Subscription) -> None:
    activate(subscription, clock.now())
    schedule(subscription)
    start_units(subscription)
    announce("subscription.started", subscription)
    bill_start([subscription], clock.now())
    watch_thresholds([subscription])
    ask_refresh_after([subscription])


def bill_start(subscriptions: Sequence[Subscription], timestamp: datetime) -> None:
    """The invoice of a start: the first fee of plans in advance, without usage, and fixed charges in advance.

    Of plans in arrears, and in a trial, these are billed alone, as units that are added (02 §8.4).
    """
    at_once = [one for one in subscriptions if one.plan.pay_in_advance and not is_in_trial(one, timestamp)]
    if at_once:
        make_invoices([[_started(one, timestamp) for one in at_once]], timestamp)
    for subscription in subscriptions:
        if subscription not in at_once:
            bill_units(subscription, started(subscription) + AFTER_START)


def _started(subscription: Subscription, timestamp: datetime) -> BilledSubscription:
    zone = zone_of(subscription)
    covered = windows(terms_of(subscription), zone, Situation.ACTIVE, timestamp, subscription.started_at)
    return BilledSubscription(subscription, covered, "subscription_starting", History(), with_usage=False)


def _plan(organization: Organization, code: str | None) -> Plan:
    plan = plan_by_code(organization.id, code) if code else None
    if plan is None:
        raise NotFound("plan")
    return plan
