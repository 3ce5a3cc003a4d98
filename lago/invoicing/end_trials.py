"""The end of trials: the first fee of plans in advance (03 §5.5)."""

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.history import histories, previous_ends
from lago.invoicing.make import make_invoices
from lago.invoicing.models import Fee, InvoiceSubscription
from lago.pricing.local_time import dawn, dusk, local_date
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of


def end_trials(customer_ids: Sequence[uuid.UUID]) -> None:
    """Ends the customers' trials that are over by now.

    Of a plan in advance the days that are left of the period are billed, on an invoice of its own; unless the bill of
    this day, or that of the start, has the fee.
    """
    ended = _ended(customer_ids)
    make_invoices([[billed] for billed in _to_bill(ended)], clock.now())
    for subscription in ended:
        trial = trial_of(subscription)
        subscription.trial_ended_at = trial.ends_at if trial else None
        schedule(subscription)
        if trial:
            announce("subscription.trial_ended", subscription)


def _ended(customer_ids: Sequence[uuid.UUID]) -> Sequence[Subscription]:
    query = select(Subscription).where(
        Subscription.customer_id.in_(customer_ids),
        Subscription.status == "active",
        Subscription.trial_end_due_at <= clock.now(),
    )
    return db.session.scalars(query.order_by(Subscription.seq)).all()


def _to_bill(ended: Sequence[Subscription]) -> Iterator[BilledSubscription]:
    in_advance = [subscription for subscription in ended if subscription.plan.pay_in_advance]
    billed = _billed_already(in_advance)
    known = histories([subscription.id for subscription in in_advance])
    for subscription in in_advance:
        if subscription.id not in billed:
            history = known[subscription.id]
            covered = windows(
                terms_of(subscription), zone_of(subscription), Situation.ACTIVE, clock.now(), subscription.started_at,
                previous=previous_ends(subscription, history),
            )
            yield BilledSubscription(subscription, covered, "subscription_starting", history, with_usage=False)


def _billed_already(subscriptions: Sequence[Subscription]) -> set[uuid.UUID]:
    """Those that have a periodic line of today, or a subscription fee on an invoice of their start day."""
    if not subscriptions:
        return set()
    query = select(InvoiceSubscription.subscription_id).where(or_(*map(_has_the_fee, subscriptions)))
    return set(db.session.scalars(query))


def _has_the_fee(subscription: Subscription) -> ColumnElement[bool]:
    """The condition that a line is of the periodic bill of today, or has the fee of the start."""
    line, zone = InvoiceSubscription, zone_of(subscription)
    assert subscription.started_at  # it is active
    today, start_day = local_date(clock.now(), zone), local_date(subscription.started_at, zone)
    fee = exists().where(
        Fee.invoice_id == line.invoice_id, Fee.subscription_id == subscription.id, Fee.fee_type == "subscription"
    )
    return and_(
        line.subscription_id == subscription.id,
        or_(
            and_(line.recurring, line.timestamp.between(dawn(today, zone), dusk(today, zone))),
            and_(line.timestamp.between(dawn(start_day, zone), dusk(start_day, zone)), fee),
        ),
    )
