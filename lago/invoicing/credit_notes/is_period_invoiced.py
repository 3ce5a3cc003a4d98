"""Whether the running period of a subscription in advance was invoiced: the issued test of 03 §6.3."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from lago.core.db import db
from lago.invoicing.models import Invoice, InvoiceSubscription
from lago.pricing.billing_periods import period_containing
from lago.pricing.local_time import dawn, local_date
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of

_BETWEEN_ZONES = timedelta(hours=26)
_OF_PERIODS = ("subscription_starting", "subscription_periodic")


def is_period_invoiced(subscription: Subscription) -> bool:
    """Whether the period in which the subscription has ended is its first one, or has a line with the bounds that it
    had at its beginning, in the time zone of that invoice."""
    begins = _begins(subscription, zone_of(subscription))
    assert subscription.started_at  # it has ended
    if begins < subscription.started_at:
        return True
    lines = _lines_near(subscription, begins)
    return any(_covers(subscription, line, ZoneInfo(timezone)) for line, timezone in lines)


def _begins(subscription: Subscription, zone: ZoneInfo) -> datetime:
    assert subscription.terminated_at
    ended_on = local_date(subscription.terminated_at, zone)
    return dawn(period_containing(terms_of(subscription, zone), ended_on).first, zone)


def _lines_near(subscription: Subscription, begins: datetime) -> Sequence[Row[InvoiceSubscription, str]]:
    """Lines of periods that begin then, in any time zone; with those of their invoices."""
    query = (
        select(InvoiceSubscription, Invoice.timezone)
        .join(Invoice, Invoice.id == InvoiceSubscription.invoice_id)
        .where(
            InvoiceSubscription.subscription_id == subscription.id,
            InvoiceSubscription.invoicing_reason.in_(_OF_PERIODS),
            InvoiceSubscription.from_datetime.between(begins - _BETWEEN_ZONES, begins + _BETWEEN_ZONES),
        )
    )
    return db.session.execute(query).all()


def _covers(subscription: Subscription, line: InvoiceSubscription, zone: ZoneInfo) -> bool:
    terms, begins = terms_of(subscription, zone), _begins(subscription, zone)
    expected = windows(terms, zone, Situation.ACTIVE, begins, subscription.started_at)
    names = ["from_datetime", "to_datetime"]
    if terms.is_split:  # each month of the period has a line with the same two bounds
        names += ["charges_to_datetime", "fixed_charges_to_datetime"]
    return all(_bound(line, name) == _bound(expected, name) for name in names)


def _bound(holder: InvoiceSubscription | Windows, name: str) -> datetime | None:
    bound: datetime | None = getattr(holder, name)
    return bound
