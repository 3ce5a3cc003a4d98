"""The trial of a subscription: days without subscription fee, from the first start of its external id (03 §5.5)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lago.core.db import db
from lago.pricing.local_time import local_date
from lago.pricing.subscription_fee import Trial
from lago.subscriptions.models import Subscription

_NEVER = datetime(9990, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def trial_of(subscription: Subscription) -> Trial | None:
    """When the trial of its plan ends or ended, None if the plan has none.

    It counts from the first start under the external id, also of a subscription that took over from another one.
    """
    origin = subscription.first_started_at or subscription.started_at or subscription.subscription_at
    return trial_from(origin, subscription.plan.trial_period)


def trial_from(origin: datetime, length: float | None) -> Trial | None:
    """The trial of so many days since `origin`; one that is longer than calendars reach never ends."""
    if length is None or length <= 0:
        return None
    ends_at = origin + timedelta(days=min(length, (_NEVER - origin) / _DAY))
    return Trial(ends_at, ends_at.astimezone(UTC).date())


def is_in_trial(subscription: Subscription, at: datetime) -> bool:
    """Whether no subscription fee is due at that time: the trial ends later, and has not ended by another plan."""
    trial, ended_at = trial_of(subscription), subscription.trial_ended_at
    return trial is not None and trial.ends_at > at and (ended_at is None or ended_at > at)


def trial_ends_on(subscription: Subscription, day: date, zone: ZoneInfo) -> bool:
    """Whether the trial ends on that local date: the period that begins then is billed with it (03 §5.4-4)."""
    trial = trial_of(subscription)
    return trial is not None and local_date(trial.ends_at, zone) == day


def first_start(subscription: Subscription, started_at: datetime) -> datetime:
    """The earliest start of the customer's subscriptions of this external id, one that starts at `started_at` too.

    Whatever became of the others; those of other customers do not count (03 §13.12).
    """
    query = select(func.min(Subscription.started_at)).where(
        Subscription.customer_id == subscription.customer_id,
        Subscription.external_id == subscription.external_id,
    )
    earlier = db.session.scalar(query)
    return min(earlier, started_at) if earlier else started_at
