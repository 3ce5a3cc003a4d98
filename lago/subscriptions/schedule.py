"""When a subscription's next work falls due (03 §4.4, 06 §7). The only place that computes these moments."""

from datetime import UTC, date, datetime, timedelta

from lago.core import clock
from lago.pricing.billing_periods import next_billing_day
from lago.pricing.local_time import dawn, local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of

_DAY = timedelta(days=1)


def schedule(subscription: Subscription) -> None:
    """Sets the due moments: to be called after every change that may move them, of its customer's zone too."""
    active = subscription.status == "active"
    subscription.activation_due_at = _activation(subscription) if subscription.status == "pending" else None
    subscription.billing_due_at = _billing(subscription) if active else None
    subscription.termination_due_at = _termination(subscription) if active else None


def put_off(subscription: Subscription) -> None:
    """Has a start that cannot be yet tried again at the next local midnight."""
    zone = zone_of(subscription)
    subscription.activation_due_at = dawn(local_date(clock.now(), zone) + _DAY, zone)


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


def _at_the_earliest(due: datetime, before: datetime | None) -> datetime:
    """`due`, or now if that has passed; but work that is late keeps the moment `before` at which it fell due."""
    now = clock.now()
    return due if due > now else min(before or now, now)
