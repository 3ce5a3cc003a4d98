"""A change of plan that takes effect at once (03 §3.3)."""

from datetime import datetime, timedelta

from lago.core import clock
from lago.core.db import db, lock
from lago.core.outbox import announce
from lago.invoicing.bill_period import bill_what_was_due
from lago.invoicing.change_lines import change_lines, old_sides
from lago.invoicing.credit_notes.credit_unused_time import credit_unused_time
from lago.invoicing.hand_over import hand_over
from lago.invoicing.make import make_invoices
from lago.invoicing.regroup_paid_fees import regroup_paid_fees
from lago.pricing.local_time import local_date
from lago.pricing.windows import Situation
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import zone_of
from lago.subscriptions.update import default_termination_options, store_termination_options

_AFTER = timedelta(seconds=1)


def upgrade(current: Subscription, successor: Subscription) -> None:
    """Ends `current` now, puts the pending `successor` in its place, gives credit for what was paid ahead, bills
    both sides.

    A period of `current` that is over, if only just now, is billed before (03 §13.7). Where that has carried out the
    change already, or `current` has ended meanwhile, nothing is left to do. Raises what `credit_unused_time` does.
    """
    lock(current.customer_id)
    db.session.flush()
    for one in (current, successor):
        db.session.refresh(one)  # they may have been billed, ended or canceled before the lock was given
    bill_what_was_due(current)
    if (current.status, successor.status) != ("active", "pending"):
        return
    store_termination_options(current, default_termination_options(current))
    hand_over(current, successor)
    announce("subscription.terminated", current)
    announce("subscription.updated", current)
    announce("subscription.started", successor)
    credit_unused_time(current, upgraded=True)
    _bill(current, successor)


def _bill(current: Subscription, successor: Subscription) -> None:
    """One invoice for both sides, then what was paid of the old one without invoice."""
    timestamp = _timestamp(current)
    groups = change_lines([(current, successor)], Situation.UPGRADED, timestamp)
    make_invoices(groups, timestamp)
    regroup_paid_fees(old_sides(groups))


def _timestamp(subscription: Subscription) -> datetime:
    """A second from now, but not on another local day: the invoice is for the day of the change."""
    now, zone = clock.now(), zone_of(subscription)
    return now + _AFTER if local_date(now + _AFTER, zone) == local_date(now, zone) else now
