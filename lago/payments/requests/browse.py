"""What the pages show of payment requests (05 §2.5)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice


@dataclass(frozen=True)
class RequestFilter:
    """None: not filtered by it. `search`: a part of an invoice's number, or of what names the customer."""

    search: str | None = None
    payment_status: str | None = None
    customer_id: uuid.UUID | None = None


def browse_requests(organization_id: uuid.UUID, chosen: RequestFilter) -> Select[PaymentRequest]:
    """The organization's payment requests, the newest first, each with its customer."""
    query = (
        select(PaymentRequest)
        .join(PaymentRequest.customer)
        .options(contains_eager(PaymentRequest.customer).lazyload("*"), lazyload("*"))
        .where(PaymentRequest.organization_id == organization_id)
        .order_by(PaymentRequest.created_at.desc(), PaymentRequest.seq.desc())
    )
    if chosen.search:
        asking = select(PaymentRequestInvoice.payment_request_id).join(PaymentRequestInvoice.invoice)
        numbered = asking.where(
            Invoice.organization_id == organization_id, Invoice.number.icontains(chosen.search, autoescape=True)
        )
        query = query.where(or_(PaymentRequest.id.in_(numbered), customer_matches(chosen.search)))
    if chosen.payment_status:
        query = query.where(PaymentRequest.payment_status == chosen.payment_status)
    return query.where(PaymentRequest.customer_id == chosen.customer_id) if chosen.customer_id else query


def invoice_counts(request_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many invoices each of the requests asks for."""
    asked = PaymentRequestInvoice.payment_request_id
    query = select(asked, func.count()).where(asked.in_(request_ids)).group_by(asked)
    return {request_id: number for request_id, number in db.session.execute(query)}


def payments_of(request: PaymentRequest) -> list[Payment]:
    """What was paid, or tried to be, for a request; the newest first."""
    query = select(Payment).options(lazyload("*")).where(Payment.payment_request_id == request.id)
    return list(db.session.scalars(query.order_by(Payment.created_at.desc(), Payment.seq.desc())))


def overdue_of(customer: Customer) -> list[Invoice]:
    """The customer's overdue invoices, which can be asked for; the oldest first."""
    query = select(Invoice).options(lazyload("*")).where(
        Invoice.customer_id == customer.id, Invoice.payment_overdue, Invoice.status.in_(VISIBLE_STATUSES),
        Invoice.ready_for_payment_processing,
    )
    return list(db.session.scalars(query.order_by(Invoice.issuing_date, Invoice.seq)))
