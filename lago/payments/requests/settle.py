"""What comes of a payment request: everything that it asks for is paid, or nothing (05 §2.5)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.models import Invoice
from lago.invoicing.set_payment_status import set_payment_status
from lago.payments.dunning.reset import reset_dunning
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice
from lago.payments.requests.ask import ask

SETTLED = "succeeded"
REFUSED = "failed"


def settle(request: PaymentRequest, status: str, payment: Payment | None = None) -> None:
    """Records the outcome of an attempt, `succeeded` or `failed`; the customer is locked. What is paid stays paid:
    every further outcome is ignored.

    `payment`: the attempt that was refused, of which the endpoints are told.
    """
    if request.payment_status == SETTLED:
        return
    changed = request.payment_status != status
    request.payment_status, request.ready_for_payment_processing = status, True
    invoices = invoices_of(request.id)
    _pay(request, invoices) if status == SETTLED else _refuse(request, invoices, payment)
    if changed:
        announce("payment_request.payment_status_updated", request)


def invoices_of(request_id: uuid.UUID) -> Sequence[Invoice]:
    """The invoices of a request as they now are."""
    query = select(Invoice).join(PaymentRequestInvoice, PaymentRequestInvoice.invoice_id == Invoice.id)
    query = query.where(PaymentRequestInvoice.payment_request_id == request_id).order_by(PaymentRequestInvoice.seq)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _pay(request: PaymentRequest, invoices: Sequence[Invoice]) -> None:
    """Each invoice is paid by what is due of it now; the campaign that has asked begins anew."""
    for invoice in invoices:
        invoice.total_paid_amount_cents += invoice.total_due_amount_cents
        invoice.ready_for_payment_processing = True
        if invoice.payment_status != SETTLED:
            set_payment_status(invoice, SETTLED)
    db.session.flush()
    if request.dunning_campaign_id:
        reset_dunning(request.customer_id, request.amount_currency)


def _refuse(request: PaymentRequest, invoices: Sequence[Invoice], payment: Payment | None) -> None:
    """What is not paid can be asked for again, and the customer is written to."""
    for invoice in invoices:
        if invoice.payment_status != SETTLED:
            invoice.ready_for_payment_processing = True
            set_payment_status(invoice, REFUSED)
    if payment is not None:
        announce("payment_request.payment_failure", payment)
    ask(request)
