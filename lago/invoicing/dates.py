"""The dates on an invoice (04 §2.1, §2.2)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lago.customers.models import Customer
from lago.invoicing.models import AT_ONCE
from lago.pricing.local_time import local_date

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class InvoiceDates:
    """Local dates of the customer; the term in days."""

    issuing_date: date
    expected_finalization_date: date
    payment_due_date: date
    net_payment_term: int


def invoice_dates(customer: Customer, timestamp: datetime, reason: str, timezone: str | None = None) -> InvoiceDates:
    """The dates of a subscription invoice billed at `timestamp` for a `reason` of 04 §4. That of a single event has no
    grace period. `timezone`: the one that the invoice was made in, if that is not the customer's of now."""
    billed_on = local_date(timestamp, ZoneInfo(timezone or customer.applicable_timezone))
    days = 0 if reason in AT_ONCE else setting(customer, "invoice_grace_period")
    grace, recurring = timedelta(days=days), reason == "subscription_periodic"
    issued_on = _issuing_date(customer, billed_on, grace) if recurring else billed_on + grace
    term = setting(customer, "net_payment_term")
    return InvoiceDates(issued_on, billed_on + grace, issued_on + timedelta(days=term), term)


def setting(customer: Customer, name: str) -> int:
    """The customer's own value of a setting in days, 0 included, else its billing entity's."""
    own = getattr(customer, name)
    value: int = own if own is not None else getattr(customer.billing_entity, name)
    return value


def issuing_adjustment(customer: Customer) -> str:
    """`keep_anchor` or `align_with_finalization_date`: the customer's own choice, else its billing entity's."""
    own = customer.subscription_invoice_issuing_date_adjustment
    return own or customer.billing_entity.subscription_invoice_issuing_date_adjustment


def _issuing_date(customer: Customer, billed_on: date, grace: timedelta) -> date:
    entity = customer.billing_entity
    anchor = customer.subscription_invoice_issuing_date_anchor or entity.subscription_invoice_issuing_date_anchor
    keeps_anchor = issuing_adjustment(customer) == "keep_anchor"
    if anchor == "current_period_end" and (keeps_anchor or not grace):
        return billed_on - _DAY
    return billed_on if keeps_anchor else billed_on + grace
