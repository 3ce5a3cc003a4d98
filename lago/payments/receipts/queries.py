"""Reads of receipts for the API (05 §2.7)."""

import uuid

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from lago.core.db import db
from lago.payments.models import Payment, PaymentReceipt, PaymentRequest, PaymentRequestInvoice


def receipt_by_id(organization_id: uuid.UUID, receipt_id: uuid.UUID | None) -> PaymentReceipt | None:
    return db.session.scalar(_shown(organization_id).where(PaymentReceipt.id == receipt_id))


def list_receipts(organization_id: uuid.UUID, invoice_id: uuid.UUID | None = None) -> Select[PaymentReceipt]:
    """The organization's receipts, the newest first; of one invoice those of payment requests that asked for it,
    too."""
    query = _shown(organization_id).order_by(PaymentReceipt.created_at.desc(), PaymentReceipt.seq.desc())
    if invoice_id is None:
        return query
    asking = select(PaymentRequestInvoice.payment_request_id).where(PaymentRequestInvoice.invoice_id == invoice_id)
    return query.where(or_(Payment.invoice_id == invoice_id, Payment.payment_request_id.in_(asking)))


def _shown(organization_id: uuid.UUID) -> Select[PaymentReceipt]:
    """With all that the object nests: as many queries for many as for one."""
    payment = contains_eager(PaymentReceipt.payment)
    request = payment.selectinload(Payment.payment_request)
    asked = request.selectinload(PaymentRequest.applied_invoices).selectinload(PaymentRequestInvoice.invoice)
    return (
        select(PaymentReceipt)
        .join(PaymentReceipt.payment)
        .options(payment.selectinload(Payment.invoice).lazyload("*"), asked.lazyload("*"), request.lazyload("*"))
        .where(PaymentReceipt.organization_id == organization_id)
    )
