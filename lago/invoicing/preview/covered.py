"""What the kinds of previews share: the moments they are for, and what they find."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lago.catalog.models import Plan
from lago.catalog.queries import plan_by_code
from lago.core import clock
from lago.core.errors import NotFound
from lago.customers.models import Customer
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.models import CreditNote
from lago.pricing.billing_periods import period_containing
from lago.pricing.local_time import dawn, local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Covered:
    """The lines of an invoice and when it is billed. `recurring`: its dates are those of a period's end. `new`: the
    subscription that does not exist; `note`: what is given back of time that was paid ahead."""

    lines: Sequence[BilledSubscription]
    timestamp: datetime
    recurring: bool = True
    new: Subscription | None = None
    note: CreditNote | None = None


def end_of_period(subscription: Subscription, at: datetime) -> datetime:
    """00:00 of the day after the period that contains that moment."""
    zone = zone_of(subscription)
    period = period_containing(terms_of(subscription), local_date(at, zone))
    return dawn(period.last + _DAY, zone)


def plan_named(customer: Customer, code: str | None) -> Plan:
    plan = plan_by_code(customer.organization_id, code) if code else None
    if plan is None:
        raise NotFound("plan")
    return plan


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    with clock.at(moment, standing=clock.standing() is not None):
        yield
