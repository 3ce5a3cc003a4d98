"""Which of the subscriptions that share an external id an event is billed to (01 §1.7-1, §1.8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lago.subscriptions.models import Subscription

MILLISECOND, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)


def subscription_at(
    subscriptions: Iterable[Subscription], moment: datetime, *, to: timedelta = MILLISECOND
) -> Subscription | None:
    """The first of the subscriptions that is there at that moment: starts and ends are cut `to` the millisecond.

    They come in the order of `started_subscriptions`. None is there for an event before the start, even where usage
    counts it.
    """
    for subscription in subscriptions:
        starts, ends = subscription.started_at, subscription.terminated_at
        if starts and _cut(starts, to) <= moment and (ends is None or _cut(ends, to) >= moment):
            return subscription
    return None


def _cut(instant: datetime, to: timedelta) -> datetime:
    return instant - timedelta(microseconds=instant.microsecond % (to // timedelta(microseconds=1)))
