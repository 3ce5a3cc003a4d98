"""The end of a subscription, and its last bill (03 §6)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import NotFound
from lago.core.outbox import announce
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.bill_period import bill_what_was_due
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.credit_notes.credit_unused_time import credit_unused_time
from lago.invoicing.history import History, histories, previous_ends
from lago.invoicing.lifetime_usage import keep_lifetime_usage
from lago.invoicing.make import make_invoices
from lago.invoicing.regroup_paid_fees import regroup_paid_fees
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows, windows_of_closed_period
from lago.subscriptions.cancel import cancel, cancel_successor
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.successors import next_subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.update import (
    check_termination_options,
    default_termination_options,
    store_termination_options,
)


def terminate(subscription: Subscription, options: dict[str, Any] | None = None) -> None:
    """Ends an active subscription now and bills what is left; cancels one that has not begun.

    `options`: `on_termination_credit_note`, `on_termination_invoice`. Raises Invalid for unknown ones and where a
    credit note is refused, NotAllowed while taxes are awaited, NotFound if it has ended already.
    """
    lock(subscription.customer_id)
    db.session.refresh(subscription)  # it may have been billed or ended before the lock was given
    if subscription.status == "pending":
        cancel(subscription)
        return subscription
    if subscription.status != "active":
        raise NotFound("subscription")
    check_termination_options(subscription, options or {})
    bill_what_was_due(subscription, before_now=True)
    if subscription.status == "active":
        _end(subscription, options)
        return subscription
    successor = next_subscription(subscription)
    return terminate(successor, options) if successor else subscription


def _end(subscription: Subscription, options: dict[str, Any] | None) -> None:
    cancel_successor(subscription)
    keep_lifetime_usage(subscription)
    store_termination_options(subscription, {**default_termination_options(subscription), **(options or {})})
    subscription.status = "terminated"
    subscription.terminated_at = clock.now()
    schedule(subscription)
    announce("subscription.updated", subscription)
    credit_unused_time(subscription, asked=options is not None)
    _bill_end(subscription)
    ask_refresh_after([subscription])  # there need not be an invoice
    announce("subscription.terminated", subscription)


def terminate_due(customer_ids: Sequence[uuid.UUID]) -> None:
    """Ends the customers' subscriptions whose local ending date has come, as of now."""
    query = select(Subscription).where(
        Subscription.customer_id.in_(customer_ids),
        Subscription.status == "active",
        Subscription.termination_due_at <= clock.now(),
    )
    for subscription in db.session.scalars(query.order_by(Subscription.seq)).all():
        terminate(subscription)


def _bill_end(subscription: Subscription) -> None:
    """The last invoice, unless it is to be skipped; what was paid is collected in any case (03 §6.1-5)."""
    history = histories([subscription.id])[subscription.id]
    covered = _windows(subscription, history)
    group = [BilledSubscription(subscription, covered, "subscription_terminating", history)]
    if subscription.on_termination_invoice == "generate":
        make_invoices([group], clock.now())
    regroup_paid_fees([group])


def _windows(subscription: Subscription, history: History) -> Windows:
    """The period just closed, if it ended yesterday and is not billed yet; else the running one up to now (03 §4.2)."""
    terms, zone, previous = terms_of(subscription), zone_of(subscription), previous_ends(subscription, history)
    if subscription.started_at is not None and subscription.last_billed_on != local_date(clock.now(), zone):
        closed = windows_of_closed_period(terms, zone, clock.now(), subscription.started_at, previous)
        if closed is not None:
            return closed
    return windows(
        terms, zone, Situation.TERMINATED, clock.now(), subscription.started_at, subscription.terminated_at, previous
    )
