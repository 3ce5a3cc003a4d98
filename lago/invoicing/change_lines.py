"""What a change of plan bills: the old side to its end, and what the new side pays in advance (03 §3.3, §3.4)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from lago.core import clock
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.history import History, histories, previous_ends
from lago.invoicing.make import entity_of
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import Neighbours
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import is_in_trial

Change = tuple[Subscription, Subscription]
"""A subscription that has ended, and the one that has begun in its place."""

Group = list[BilledSubscription]


def change_lines(changes: Sequence[Change], situation: Situation, timestamp: datetime) -> list[Group]:
    """The lines of changes that take place now, of each change one group for each invoice.

    `situation`: how the old sides ended, UPGRADED or DOWNGRADED. `timestamp`: that of the lines. As many queries for
    all as for one.
    """
    before = histories([current.id for current, _ in changes])
    groups: list[Group] = []
    for current, successor in changes:
        old = _old_side(current, before[current.id], situation, timestamp)
        billed = [old, *_new_side(current, successor, situation, timestamp)]
        groups += [list(some) for _, some in groupby(billed, key=_shares_invoice)]
    return groups


def old_sides(groups: Sequence[Group]) -> list[Group]:
    """Of each change the subscription that has ended: what is collected of its paid fees (02 §6.4)."""
    return [[one] for group in groups for one in group if one.reason == "subscription_terminating"]


def _old_side(
    current: Subscription, history: History, situation: Situation, timestamp: datetime
) -> BilledSubscription:
    return BilledSubscription(
        current, _windows(current, situation, timestamp, history), "subscription_terminating", history
    )


def _new_side(
    current: Subscription, successor: Subscription, situation: Situation, timestamp: datetime
) -> Iterator[BilledSubscription]:
    """A line if anything is paid in advance; an upgrade within a trial pays only fixed charges (03 §3.3-3)."""
    free = situation == Situation.UPGRADED and is_in_trial(successor, clock.now())
    pays_units = any(row.pay_in_advance for row in successor.plan.fixed_charges)
    if pays_units or (successor.plan.pay_in_advance and not free):
        history = History(neighbours=Neighbours(previous=current))
        covered = _windows(successor, Situation.ACTIVE, timestamp, history)
        yield BilledSubscription(successor, covered, "subscription_starting", history, with_usage=False)


def _windows(
    subscription: Subscription, situation: Situation, timestamp: datetime, history: History
) -> Windows:
    covered = windows(
        terms_of(subscription), zone_of(subscription), situation, clock.now(), subscription.started_at,
        subscription.terminated_at, previous_ends(subscription, history),
    )
    return replace(covered, timestamp=timestamp)


def _shares_invoice(billed: BilledSubscription) -> tuple[str, str, str]:
    """Both sides are on one invoice if it can say the same of both: number of the purchase order, currency, entity."""
    subscription = billed.subscription
    return (
        subscription.purchase_order_number or "", subscription.plan.amount_currency, str(entity_of(subscription).id)
    )
