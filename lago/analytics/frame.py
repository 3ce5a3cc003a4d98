"""What the figures by month are about: which months, and whose (06 §5)."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Date, cast, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from lago.core import clock
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.organizations.models import BillingEntity, Organization
from lago.pricing.mrr import month_of

_WHOLE = re.compile(r"\s*[+-]?\d{1,9}")


@dataclass(frozen=True)
class Frame:
    """Months from `first` to `last`, both by their first day; none where the first is the later one. The rest narrows
    what is counted in them; None: not narrowed by it."""

    organization_id: uuid.UUID
    first: date
    last: date
    currency: str | None = None
    billing_entity_code: str | None = None
    external_customer_id: str | None = None

    @property
    def months(self) -> list[date]:
        """The oldest first."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [month_of(self.first, place) for place in range(count)]

    @property
    def end(self) -> date:
        """The first day after the last month."""
        return month_of(self.last, 1)

    def days(self, column: InstrumentedAttribute[date | None]) -> tuple[ColumnElement[bool], ...]:
        """That a date lies in the months."""
        return column >= self.first, column < self.end

    def moments(self, column: InstrumentedAttribute[datetime]) -> tuple[ColumnElement[bool], ...]:
        """That an instant does, in UTC."""
        return tuple(  # type: ignore[return-value]
            compare(datetime.combine(day, time(), UTC))
            for compare, day in ((column.__ge__, self.first), (column.__lt__, self.end))
        )

    def of_currency(self, column: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
        return [column == self.currency] if self.currency else []

    def of_entity(self, column: ColumnElement[uuid.UUID]) -> list[ColumnElement[bool]]:
        """That it is the id of the billing entity of that code. An unknown code narrows nothing."""
        if not self.billing_entity_code:
            return []
        named = select(BillingEntity.id).where(
            BillingEntity.organization_id == self.organization_id, BillingEntity.code == self.billing_entity_code
        )
        return [column.in_(named) | ~named.exists()]

    def of_customer(self, column: InstrumentedAttribute[uuid.UUID]) -> list[ColumnElement[bool]]:
        """That it is the id of the customer of that external id. An unknown one has nothing."""
        if not self.external_customer_id:
            return []
        named = select(Customer.id).where(
            Customer.organization_id == self.organization_id, Customer.external_id == self.external_customer_id,
            Customer.deleted_at.is_(None),
        )
        return [column.in_(named)]

    def of_invoices(self) -> list[ColumnElement[bool]]:
        """That an invoice is the organization's, of its currency, entity and customer, and not self-billed."""
        return [
            Invoice.organization_id == self.organization_id, Invoice.self_billed.is_(False),
            *self.of_currency(Invoice.currency), *self.of_entity(Invoice.billing_entity_id),
            *self.of_customer(Invoice.customer_id),
        ]

    def finalized(self) -> list[ColumnElement[bool]]:
        """That an invoice is one of these and "finalized" as 06 §5 has it. The status is no parameter, so that the
        planner sees that an index is for just these."""
        final = Invoice.status == literal_column("'finalized'")
        return [*self.of_invoices(), final, Invoice.payment_dispute_lost_at.is_(None)]


def frame_of(organization: Organization, parameters: Mapping[str, str | None]) -> Frame:
    """From the month in which the organization was made to this one, or the last of them; what a request narrows it by.

    `months` is read as a number at its beginning: 1 or less, and what is no number, is this month alone.
    """
    this, made = month_of(clock.now().date()), month_of(organization.created_at.astimezone(UTC).date())
    months, currency = parameters.get("months"), parameters.get("currency")
    return Frame(
        organization.id, max(made, month_of(this, 1 - _count(months))) if months and months.strip() else made, this,
        currency.upper() if currency else None, parameters.get("billing_entity_code"),
        parameters.get("external_customer_id"),
    )


def _count(months: str) -> int:
    """At most those since the year 0001, at least 1."""
    found = _WHOLE.match(months)
    return min(max(int(found[0]) if found else 1, 1), 12 * 1000)


def month(column: InstrumentedAttribute[date | None]) -> ColumnElement[date]:
    """The first day of the month of a date."""
    return cast(func.date_trunc("month", column), Date)


def month_in_utc(column: InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    """The first day of the month of an instant, in UTC."""
    return cast(func.date_trunc("month", column, "UTC").op("AT TIME ZONE")("UTC"), Date)
