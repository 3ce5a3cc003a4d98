"""When a subscription's next work falls due (03 §4.4, 06 §7). The only place that computes these moments."""

from datetime import UTC, date, datetime, time, timedelta

from lago.core import clock
from lago.core.config import settings
from lago.pricing.billing_periods import next_billing_day
from lago.pricing.local_time import dawn, local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of

_DAY = timedelta(days=1)


def schedule(subscription: Subscription) -> None:
    """Sets the due moments: to be called after every change that may move them, of its customer's zone too."""
    active = subscription.status == "active"
    subscription.activation_due_at = _activation(subscription) if starts_by_itself(subscription) else None
    subscription.billing_due_at = _billing(subscription) if active else None
    subscription.termination_due_at = _termination(subscription) if active else None
    subscription.trial_end_due_at = _trial_end(subscription) if active else None
    subscription.termination_alert_due_at = _termination_alert(subscription) if active else None


def put_off(subscription: Subscription) -> None:
    """Has a start that cannot be yet tried again at the next local midnight."""
    zone = zone_of(subscription)
    subscription.activation_due_at = dawn(local_date(clock.now(), zone) + _DAY, zone)


def starts_by_itself(subscription: Subscription) -> bool:
    """Whether it waits for its start date, and not for the end of the subscription that it is to follow (03 §2.2)."""
    return subscription.status == "pending" and subscription.previous_subscription_id is None


def _activation(subscription: Subscription) -> datetime:
    """00:00 of the local start date, or now if that has passed."""
    zone = zone_of(subscription)
    return _at_the_earliest(dawn(local_date(subscription.subscription_at, zone), zone), subscription.activation_due_at)


def _billing(subscription: Subscription) -> datetime:
    """00:00 of the first billing day after the start day and the last bill, from the day of creation on.

    Where that day has already begun (a subscription dated back, created on a billing day): the creation itself.
    """
    zone = zone_of(subscription)
    day = next_billing_day(terms_of(subscription), _settled_through(subscription))
    return max(dawn(day, zone), subscription.created_at)


def _settled_through(subscription: Subscription) -> date:
    """The last local date on which no periodic bill can be due any more."""
    zone = zone_of(subscription)
    days = [subscription.created_at.astimezone(place).date() - _DAY for place in (UTC, zone)]
    if subscription.started_at:
        days.append(local_date(subscription.started_at, zone))
    if subscription.last_billed_on:
        days.append(subscription.last_billed_on)
    return max(days)


def _termination(subscription: Subscription) -> datetime | None:
    """00:00 of the local ending date, whatever the hour of `ending_at` (03 §6.2); now if that has passed."""
    if subscription.ending_at is None:
        return None
    zone = zone_of(subscription)
    return _at_the_earliest(dawn(local_date(subscription.ending_at, zone), zone), subscription.termination_due_at)


def _trial_end(subscription: Subscription) -> datetime | None:
    """The instant at which the trial ends, once; now if that has passed (03 §5.5)."""
    trial = trial_of(subscription)
    if trial is None or subscription.trial_ended_at is not None:
        return None
    return _at_the_earliest(trial.ends_at, subscription.trial_end_due_at)


def _termination_alert(subscription: Subscription) -> datetime | None:
    """00:00 UTC of the next of the days, so many before the UTC date of `ending_at`, on which its end is told of.

    Now if that day is today; one alert a day, whatever becomes of `ending_at` (03 §6.2).
    """
    if subscription.ending_at is None:
        return None
    ends_on, before = subscription.ending_at.astimezone(UTC).date(), subscription.termination_alert_due_at
    earliest = min(clock.now(), before or clock.now()).astimezone(UTC).date()
    if subscription.termination_alerted_on:
        earliest = max(earliest, subscription.termination_alerted_on + _DAY)
    days = [ends_on - timedelta(days=count) for count in settings().subscription_termination_alert_sent_at_days]
    due = min((day for day in days if day >= earliest), default=None)
    return _at_the_earliest(datetime.combine(due, time(), UTC), before) if due else None


def _at_the_earliest(due: datetime, before: datetime | None) -> datetime:
    """`due`, or now if that has passed; but work that is late keeps the moment `before` at which it fell due."""
    now = clock.now()
    return due if due > now else min(before or now, now)
