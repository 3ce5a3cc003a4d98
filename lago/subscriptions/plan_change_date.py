"""The day on which another plan follows (03 §4.5)."""

from datetime import date

from lago.core import clock
from lago.pricing.billing_periods import DAY, period_containing
from lago.pricing.local_time import local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import Links
from lago.subscriptions.terms import terms_of, zone_of


def downgrade_plan_date(subscription: Subscription, links: Links) -> date | None:
    """The day after the running period while the successor waits for it, then the day on which that began; None
    without successor.

    A local date of the customer: the one in UTC, which 03 §4.5 names, is a day off in many zones (03 §13.5).
    """
    zone = zone_of(subscription)
    if links.next_status == "pending":
        return period_containing(terms_of(subscription), local_date(clock.now(), zone)).last + DAY
    return local_date(links.next_started_at, zone) if links.next_started_at else None
