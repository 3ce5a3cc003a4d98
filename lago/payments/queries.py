"""Reads of payments for the API (05 §2.10)."""

import uuid

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice


def payment_by_id(organization_id: uuid.UUID, payment_id: uuid.UUID | None) -> Payment | None:
    return db.session.scalar(_shown(organization_id).where(Payment.id == payment_id))


def list_payments(
    organization_id: uuid.UUID, external_customer_id: str | None = None, invoice_id: uuid.UUID | None = None
) -> Select[Payment]:
    """The organization's payments, the newest first, of a customer or for an invoice where these are given: also what
    was paid for it by a payment request."""
    query = _shown(organization_id).order_by(Payment.created_at.desc(), Payment.seq.desc())
    if external_customer_id:
        query = query.where(Customer.external_id == external_customer_id)
    if invoice_id:
        asking = select(PaymentRequestInvoice.payment_request_id).where(PaymentRequestInvoice.invoice_id == invoice_id)
        query = query.where(or_(Payment.invoice_id == invoice_id, Payment.payment_request_id.in_(asking)))
    return query


def _shown(organization_id: uuid.UUID) -> Select[Payment]:
    """Those for invoices that the API shows, with all that the object nests: as many queries for many as for one."""
    invoice, request = selectinload(Payment.invoice), selectinload(Payment.payment_request)
    asked = request.selectinload(PaymentRequest.applied_invoices).selectinload(PaymentRequestInvoice.invoice)
    return (
        select(Payment)
        .join(Payment.customer)
        .outerjoin(Payment.invoice)
        .options(contains_eager(Payment.customer), invoice.lazyload("*"), asked.lazyload("*"), request.lazyload("*"))
        .where(Payment.organization_id == organization_id)
        .where(or_(Payment.invoice_id.is_(None), Invoice.status.in_(VISIBLE_STATUSES)))
    )
