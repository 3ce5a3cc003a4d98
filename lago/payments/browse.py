"""What the pages show of payments."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.payments.models import Payment, PaymentReceipt, PaymentReceiptFile, PaymentRequestInvoice
from lago.payments.record import PAYABLE_STATUSES


@dataclass(frozen=True)
class PaymentFilter:
    """None: not filtered by it. `search`: a part of the reference, of an invoice's number, or of what names the
    customer. Dates are inclusive, in UTC."""

    search: str | None = None
    payment_status: str | None = None
    payment_type: str | None = None
    currency: str | None = None
    since: date | None = None
    until: date | None = None
    customer_id: uuid.UUID | None = None


def browse_payments(organization_id: uuid.UUID, chosen: PaymentFilter) -> Select[Payment]:
    """The organization's payments, the newest first, each with its customer."""
    query = (
        select(Payment)
        .join(Payment.customer)
        .options(contains_eager(Payment.customer).lazyload("*"), lazyload("*"))
        .where(Payment.organization_id == organization_id)
        .order_by(Payment.created_at.desc(), Payment.seq.desc())
    )
    if chosen.search:
        reference = Payment.reference.icontains(chosen.search, autoescape=True)
        met = Payment.id.in_(_met_by_number(organization_id, chosen.search))
        query = query.where(or_(reference, met, customer_matches(chosen.search)))
    return query.where(*_conditions(chosen))


def _conditions(chosen: PaymentFilter) -> list[ColumnElement[bool]]:
    day = timedelta(days=1)
    conditions = (
        (Payment.payment_status.__eq__, chosen.payment_status),
        (Payment.payment_type.__eq__, chosen.payment_type),
        (Payment.amount_currency.__eq__, chosen.currency),
        (Payment.customer_id.__eq__, chosen.customer_id),
        (Payment.created_at.__ge__, chosen.since and datetime.combine(chosen.since, time.min, UTC)),
        (Payment.created_at.__lt__, chosen.until and _midnight(chosen.until) + day),
    )
    return [compare(value) for compare, value in conditions if value is not None]


def _midnight(day: date) -> datetime:
    return datetime.combine(min(day, date.max - timedelta(days=1)), time.min, UTC)


def _met_by_number(organization_id: uuid.UUID, search: str) -> Select[uuid.UUID]:
    """Payments of invoices whose number has `search` in it, also through payment requests."""
    invoices = select(Invoice.id).where(
        Invoice.organization_id == organization_id, Invoice.number.icontains(search, autoescape=True)
    )
    requests = select(PaymentRequestInvoice.payment_request_id).where(PaymentRequestInvoice.invoice_id.in_(invoices))
    return select(Payment.id).where(
        Payment.organization_id == organization_id,
        or_(Payment.invoice_id.in_(invoices), Payment.payment_request_id.in_(requests)),
    )


def find_payment_on_page(organization_id: uuid.UUID, payment_id: uuid.UUID) -> Payment | None:
    """A payment of the organization."""
    query = select(Payment).where(Payment.organization_id == organization_id, Payment.id == payment_id)
    return db.session.scalar(query)


def invoices_met(payments: Sequence[Payment]) -> dict[uuid.UUID, list[Invoice]]:
    """The invoices that each payment is for, itself or through its payment request, by the payment's id."""
    ids = [payment.id for payment in payments]
    direct = select(Payment.id, Invoice).join(Invoice, Invoice.id == Payment.invoice_id)
    through = (
        select(Payment.id, Invoice)
        .join(PaymentRequestInvoice, PaymentRequestInvoice.payment_request_id == Payment.payment_request_id)
        .join(Invoice, Invoice.id == PaymentRequestInvoice.invoice_id)
    )
    found: dict[uuid.UUID, list[Invoice]] = {payment_id: [] for payment_id in ids}
    for query in (direct, through):
        rows = query.where(Payment.id.in_(ids)).order_by(Invoice.seq).options(lazyload("*"))
        for payment_id, invoice in db.session.execute(rows):
            found[payment_id].append(invoice)
    return found


def payments_on(invoice: Invoice) -> list[Payment]:
    """The payments of an invoice, also through payment requests, the newest first."""
    requests = select(PaymentRequestInvoice.payment_request_id).where(PaymentRequestInvoice.invoice_id == invoice.id)
    query = (
        select(Payment)
        .options(lazyload("*"))
        .where(or_(Payment.invoice_id == invoice.id, Payment.payment_request_id.in_(requests)))
        .order_by(Payment.created_at.desc(), Payment.seq.desc())
    )
    return list(db.session.scalars(query))


def receipts_by_payment(payments: Sequence[Payment]) -> dict[uuid.UUID, PaymentReceipt]:
    """The receipt of each payment that has one, by the payment's id."""
    query = (
        select(PaymentReceipt)
        .options(lazyload("*"))
        .where(PaymentReceipt.payment_id.in_([payment.id for payment in payments]))
    )
    return {receipt.payment_id: receipt for receipt in db.session.scalars(query)}


def browse_receipts(organization_id: uuid.UUID, search: str | None) -> Select[PaymentReceipt]:
    """The organization's receipts, the newest first, with payments and customers. `search`: a part of the number, or
    of what names the customer."""
    payment = contains_eager(PaymentReceipt.payment)
    query = (
        select(PaymentReceipt)
        .join(PaymentReceipt.payment)
        .join(Payment.customer)
        .options(payment.lazyload("*"), payment.contains_eager(Payment.customer).lazyload("*"))
        .where(PaymentReceipt.organization_id == organization_id)
        .order_by(PaymentReceipt.created_at.desc(), PaymentReceipt.seq.desc())
    )
    if search:
        number = PaymentReceipt.number.icontains(search, autoescape=True)
        query = query.where(or_(number, customer_matches(search)))
    return query


def receipt_pdf(organization_id: uuid.UUID, payment_id: uuid.UUID) -> bytes | None:
    """The PDF of a payment's receipt, once it is made."""
    query = (
        select(PaymentReceiptFile.content)
        .join(PaymentReceipt, PaymentReceipt.id == PaymentReceiptFile.payment_receipt_id)
        .where(
            PaymentReceipt.organization_id == organization_id, PaymentReceipt.payment_id == payment_id,
            PaymentReceiptFile.kind == "pdf",
        )
    )
    return db.session.scalar(query)


def payable_invoice(organization_id: uuid.UUID, invoice_id: uuid.UUID) -> Invoice | None:
    """An invoice that may be paid: a visible one, or one that is open until it is paid."""
    query = select(Invoice).where(
        Invoice.organization_id == organization_id, Invoice.id == invoice_id,
        Invoice.status.in_({*VISIBLE_STATUSES, *PAYABLE_STATUSES}),
    )
    return db.session.scalar(query)


def currencies_of_payments(organization_id: uuid.UUID) -> list[str]:
    """The currencies in which there are payments, in alphabetical order."""
    query = select(Payment.amount_currency).where(Payment.organization_id == organization_id)
    return list(db.session.scalars(query.distinct().order_by(Payment.amount_currency)))
