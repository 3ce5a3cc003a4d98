"""What the pages show of invoices."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.invoicing.event_fees import WITH_USAGE
from lago.invoicing.models import VISIBLE_STATUSES, Fee, Invoice, InvoiceFile, InvoiceSubscription
from lago.subscriptions.models import Subscription

MOST_PERIODS = 12


@dataclass(frozen=True)
class InvoiceFilter:
    """None: not filtered by it. `search`: a part of the number or of what names the customer. Dates, and amounts in
    cents of the total, are inclusive."""

    search: str | None = None
    status: str | None = None
    payment_status: str | None = None
    since: date | None = None
    until: date | None = None
    customer_id: uuid.UUID | None = None
    invoice_type: str | None = None
    currency: str | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    overdue: bool | None = None
    partially_paid: bool | None = None


def browse_invoices(organization_id: uuid.UUID, chosen: InvoiceFilter) -> Select[Invoice]:
    """The organization's visible invoices, the newest first, each with its customer."""
    query = (
        select(Invoice)
        .join(Invoice.customer)
        .options(contains_eager(Invoice.customer))
        .where(Invoice.organization_id == organization_id, Invoice.status.in_(VISIBLE_STATUSES))
        .order_by(Invoice.issuing_date.desc(), Invoice.created_at.desc(), Invoice.seq.desc())
    )
    if chosen.search:
        number = Invoice.number.icontains(chosen.search, autoescape=True)
        query = query.where(or_(number, customer_matches(chosen.search)))
    return _narrowed(query, chosen)


def _narrowed(query: Select[Invoice], chosen: InvoiceFilter) -> Select[Invoice]:
    conditions = (
        (Invoice.status.__eq__, chosen.status),
        (Invoice.payment_status.__eq__, chosen.payment_status),
        (Invoice.issuing_date.__ge__, chosen.since),
        (Invoice.issuing_date.__le__, chosen.until),
        (Invoice.customer_id.__eq__, chosen.customer_id),
        (Invoice.invoice_type.__eq__, chosen.invoice_type),
        (Invoice.currency.__eq__, chosen.currency),
        (Invoice.total_amount_cents.__ge__, chosen.least_cents),
        (Invoice.total_amount_cents.__le__, chosen.most_cents),
        (Invoice.payment_overdue.__eq__, chosen.overdue),
        (_PARTIALLY_PAID.__eq__, chosen.partially_paid),
    )
    return query.where(*(compare(value) for compare, value in conditions if value is not None))


_PARTIALLY_PAID = and_(
    Invoice.total_paid_amount_cents > 0, Invoice.total_paid_amount_cents < Invoice.total_amount_cents
)


@dataclass(frozen=True)
class CurrencyTotals:
    """Of the invoices of a list in one currency: how many there are, what they come to, what is left to pay of them;
    voided ones come to nothing."""

    currency: str
    count: int
    total_cents: int
    due_cents: int


def totals_of(listed: Select[Invoice]) -> list[CurrencyTotals]:
    """The totals of all invoices of a list, not of one of its pages only."""
    rows = listed.order_by(None).options(lazyload("*")).subquery()
    counts = rows.c.status != "voided"
    due = rows.c.total_amount_cents - rows.c.total_paid_amount_cents - rows.c.offset_amount_cents
    sums = (func.coalesce(func.sum(cents).filter(counts), 0) for cents in (rows.c.total_amount_cents, due))
    query = select(rows.c.currency, func.count(), *sums).group_by(rows.c.currency).order_by(rows.c.currency)
    return [CurrencyTotals(row[0], row[1], int(row[2]), int(row[3])) for row in db.session.execute(query)]


def currencies_of_invoices(organization_id: uuid.UUID) -> list[str]:
    """The currencies in which customers are billed, in alphabetical order."""
    query = select(Invoice.currency).where(Invoice.organization_id == organization_id).distinct()
    return list(db.session.scalars(query.order_by(Invoice.currency)))


def pdf_made_at(invoice: Invoice) -> datetime | None:
    """When the PDF was made; None while there is none."""
    return db.session.scalar(
        select(InvoiceFile.created_at).where(InvoiceFile.invoice_id == invoice.id, InvoiceFile.kind == "pdf")
    )


def pdf_of(organization_id: uuid.UUID, invoice_id: uuid.UUID) -> bytes | None:
    """The PDF of an invoice of the organization."""
    return db.session.scalar(
        select(InvoiceFile.content).where(
            InvoiceFile.organization_id == organization_id,
            InvoiceFile.invoice_id == invoice_id,
            InvoiceFile.kind == "pdf",
        )
    )


def billed_amounts(customer: Customer) -> list[Row[str, int, int]]:
    """Per currency: `billed` cents of finalized invoices, and of these `unpaid` cents."""
    unpaid = func.sum(Invoice.total_amount_cents - Invoice.total_paid_amount_cents).filter(
        Invoice.payment_status != "succeeded"
    )
    query = (
        select(
            Invoice.currency,
            func.sum(Invoice.total_amount_cents).label("billed"),
            func.coalesce(unpaid, 0).label("unpaid"),
        )
        .where(Invoice.customer_id == customer.id, Invoice.status == "finalized")
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return list(db.session.execute(query))


@dataclass(frozen=True)
class PastPeriod:
    """A usage window of a subscription that was invoiced; `usage_cents`: its usage fees on that invoice, before tax."""

    starts: datetime
    ends: datetime
    invoice: Invoice
    usage_cents: int


def past_periods(subscription: Subscription) -> list[PastPeriod]:
    """The last twelve invoiced usage windows of the subscription, the newest first."""
    usage_cents = select(func.coalesce(func.sum(Fee.amount_cents), 0)).where(
        Fee.invoice_id == Invoice.id, Fee.subscription_id == subscription.id, Fee.fee_type == "charge",
        Fee.deleted_at.is_(None),
    )
    query = (
        select(
            InvoiceSubscription.charges_from_datetime, InvoiceSubscription.charges_to_datetime, Invoice,
            usage_cents.scalar_subquery(),
        )
        .join(Invoice, Invoice.id == InvoiceSubscription.invoice_id)
        .where(
            InvoiceSubscription.subscription_id == subscription.id, Invoice.status.in_(VISIBLE_STATUSES),
            InvoiceSubscription.charges_from_datetime.is_not(None),
            InvoiceSubscription.invoicing_reason.in_(WITH_USAGE),
        )
        .order_by(InvoiceSubscription.charges_from_datetime.desc(), InvoiceSubscription.seq.desc())
        .limit(MOST_PERIODS)
        .options(lazyload("*"))
    )
    return [PastPeriod(*row[:3], int(row[3])) for row in db.session.execute(query)]
