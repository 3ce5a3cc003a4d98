"""Periodic billing: the invoices of a customer whose billing day it is (03 §4.4, 04 §4)."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.invoicing.bill_thresholds import bill_thresholds_of_recurring
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.change_lines import Change, old_sides
from lago.invoicing.downgrade import downgrade
from lago.invoicing.end_trials import end_trials
from lago.invoicing.history import History, histories, previous_ends
from lago.invoicing.make import entity_of, make_invoices
from lago.invoicing.models import Invoice
from lago.invoicing.regroup_paid_fees import regroup_paid_fees
from lago.pricing.billing_periods import period_containing
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.terms import terms_of, zone_of


def bill_period(customer_ids: Sequence[uuid.UUID]) -> list[Invoice]:
    """Bills the customers' subscriptions that are due now, one invoice for each group (04 §4), and moves them on.

    Where another plan is to follow, the change is carried out instead (03 §3.4).
    """
    due = [one for one in _due_subscriptions(customer_ids) if _is_still_due(one)]
    before = histories([subscription.id for subscription in due])
    changed = downgrade(list(_changes(due, before)))
    staying = [one for one in due if one.status == "active"]
    groups = list(_groups([one for one in _to_bill(staying, before) if not _is_recorded(one)]))
    invoices = make_invoices([*changed, *groups], clock.now())
    invoices += regroup_paid_fees([*old_sides(changed), *groups])
    for subscription in due:
        subscription.last_billed_on = local_date(clock.now(), zone_of(subscription))
        schedule(subscription)
    bill_thresholds_of_recurring(staying)
    return invoices


def bill_what_was_due(subscription: Subscription, *, before_now: bool = False) -> None:
    """Bills the periods and ends of trials that fell due up to now, or before, and were not billed yet, in order, as of
    their moments (00 §2). Its customer is locked."""
    while (work := _first_due(subscription)) is not None and work[0] <= clock.now():
        due, bill = work
        if before_now and due == clock.now():
            break
        with clock.at(due, standing=clock.standing() is not None):
            bill([subscription.customer_id])


def _first_due(subscription: Subscription) -> tuple[datetime, Callable[[Sequence[uuid.UUID]], object]] | None:
    """The moment of its next bill, and what makes it; at the same one a period comes before the end of a trial."""
    moments = [(subscription.billing_due_at, bill_period), (subscription.trial_end_due_at, end_trials)]
    return min(((due, bill) for due, bill in moments if due), key=lambda work: work[0], default=None)


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


def _changes(due: Sequence[Subscription], before: Mapping[uuid.UUID, History]) -> Iterator[Change]:
    """Those whose period has ended after which another plan is to follow (03 §3.4); not at the end of a month within a
    longer period, at which only usage or fixed charges are billed (03 §13.3)."""
    for subscription in due:
        successor = before[subscription.id].neighbours.next
        if successor is not None and successor.status == "pending" and _opens_period(subscription):
            yield subscription, successor


def _opens_period(subscription: Subscription) -> bool:
    today = local_date(clock.now(), zone_of(subscription))
    return period_containing(terms_of(subscription), today).first == today


def _to_bill(due: Sequence[Subscription], before: Mapping[uuid.UUID, History]) -> Iterator[BilledSubscription]:
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
