"""Periodic billing: the invoices of a customer whose billing day it is (03 §4.4, 04 §4)."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.invoicing.history import History, histories
from lago.invoicing.lines import BilledSubscription
from lago.invoicing.make import entity_of, make_invoices
from lago.invoicing.models import Invoice
from lago.invoicing.regroup_paid_fees import regroup_paid_fees
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.pricing.windows import PreviousEnds, Situation, windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.terms import terms_of, zone_of


def bill_period(customer_ids: Sequence[uuid.UUID]) -> list[Invoice]:
    """Bills the customers' subscriptions that are due now, one invoice for each group (04 §4), and moves them on."""
    due = [one for one in _due_subscriptions(customer_ids) if _is_still_due(one)]
    billed = [one for one in _to_bill(due) if not _is_recorded(one)]
    groups = list(_groups(billed))
    invoices = [*make_invoices(groups, clock.now()), *regroup_paid_fees(groups)]
    for subscription in due:
        subscription.last_billed_on = local_date(clock.now(), zone_of(subscription))
        schedule(subscription)
    return invoices


def previous_ends(subscription: Subscription, history: History) -> PreviousEnds | None:
    """Where the last line ended, if the customer's zone has changed since (03 §9)."""
    if history.latest is None or history.timezone == subscription.customer.applicable_timezone:
        return None
    return PreviousEnds(history.latest.charges_to_datetime, history.latest.fixed_charges_to_datetime)


def _due_subscriptions(customer_ids: Sequence[uuid.UUID]) -> Sequence[Subscription]:
    query = select(Subscription).where(
        Subscription.customer_id.in_(customer_ids),
        Subscription.status == "active",
        Subscription.billing_due_at <= clock.now(),
    )
    return db.session.scalars(query.order_by(Subscription.seq)).all()


def _is_still_due(subscription: Subscription) -> bool:
    """Whether it is due by its customer's zone of now: that may have changed since the moment was computed."""
    schedule(subscription)
    return subscription.billing_due_at is not None and subscription.billing_due_at <= clock.now()


def _to_bill(due: Sequence[Subscription]) -> Iterator[BilledSubscription]:
    before = histories([subscription.id for subscription in due])
    for subscription in due:
        history = before[subscription.id]
        yield BilledSubscription(subscription, _windows(subscription, history), "subscription_periodic", history)


def _windows(subscription: Subscription, history: History) -> Windows:
    zone: ZoneInfo = zone_of(subscription)
    return windows(
        terms_of(subscription), zone, Situation.ACTIVE, clock.now(), subscription.started_at,
        previous=previous_ends(subscription, history),
    )


def _is_recorded(billed: BilledSubscription) -> bool:
    """Whether a periodic line with these windows exists: nothing is billed twice (03 §4.3)."""
    latest, wanted = billed.history.latest, billed.windows
    if latest is None or not latest.recurring:
        return False
    names = ("charges_from_datetime", "charges_to_datetime", "fixed_charges_from_datetime", "fixed_charges_to_datetime")
    return all(getattr(latest, name) == getattr(wanted, name) for name in names)


def _groups(billed: Sequence[BilledSubscription]) -> Iterator[list[BilledSubscription]]:
    """Lines that share an invoice: same payment method, currency, billing entity and purchase order number.

    A subscription that does not want to be consolidated stands alone.
    """
    ordered = sorted(billed, key=_group_key)
    for _, group in groupby(ordered, key=_group_key):
        yield list(group)


def _group_key(billed: BilledSubscription) -> tuple[Any, ...]:
    subscription = billed.subscription
    return (
        str(subscription.customer_id),
        subscription.payment_method_type,
        str(subscription.payment_method_id or ""),
        subscription.plan.amount_currency,
        str(entity_of(subscription).id),
        "" if subscription.consolidate_invoice else str(subscription.id),
        subscription.purchase_order_number or "",
    )
