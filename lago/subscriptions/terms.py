"""A subscription as the arithmetic of periods sees it: its zone, its terms, its windows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import Terms
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import Subscription


def zone_of(subscription: Subscription) -> ZoneInfo:
    """The zone in which the subscription's days begin: the customer's applicable one (03 §0)."""
    return ZoneInfo(subscription.customer.applicable_timezone)


def terms_of(subscription: Subscription, zone: ZoneInfo | None = None) -> Terms:
    """The rhythm of the plan, anchored at the local date of `subscription_at` (03 §4.1), in another zone if given."""
    plan = subscription.plan
    return Terms(
        interval=plan.interval,  # type: ignore[arg-type]
        billing_time=subscription.billing_time,  # type: ignore[arg-type]
        anchor=local_date(subscription.subscription_at, zone or zone_of(subscription)),
        pay_in_advance=plan.pay_in_advance,
        bill_charges_monthly=bool(plan.bill_charges_monthly),
        bill_fixed_charges_monthly=bool(plan.bill_fixed_charges_monthly),
    )


def current_windows(subscription: Subscription, now: datetime) -> Windows:
    """The windows of current usage at `now`, or at the start if that is later; all None while pending (03 §4.5).

    Of one that has ended: those of its last moment (03 §13.11).
    """
    at = max(now, subscription.started_at) if subscription.started_at else now
    at = min(at, subscription.terminated_at) if subscription.terminated_at else at
    return windows(
        terms_of(subscription), zone_of(subscription), Situation.CURRENT, at,
        subscription.started_at, subscription.terminated_at,
    )
