"""A customer who has paid what he was asked for is asked anew from the beginning (05 §2.6)."""

import uuid

from sqlalchemy import exists, select

from lago.core.db import db, lock
from lago.invoicing.models import Invoice
from lago.payments.dunning.look import look_again
from lago.payments.models import CustomerDunning, PaymentRequest, PaymentRequestInvoice


def reset_dunning(customer_id: uuid.UUID, currency: str) -> None:
    """Sets the attempts of a currency to 0; with all of them at 0 there was no last attempt. Looks at the customer
    anew: other invoices may be overdue."""
    lock(customer_id)
    row = db.session.scalar(
        select(CustomerDunning).where(CustomerDunning.customer_id == customer_id).with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or not row.attempts.get(currency):
        return
    row.attempts = {**row.attempts, currency: 0}
    if not any(row.attempts.values()):
        row.last_attempt_at = None
    db.session.flush()
    look_again([customer_id])


def reset_dunning_of(invoice: Invoice) -> None:
    """After an overdue invoice was paid: the same, if a campaign has asked for it."""
    if was_dunned(invoice.id):
        reset_dunning(invoice.customer_id, invoice.currency)


def was_dunned(invoice_id: uuid.UUID) -> bool:
    """Whether a payment request of a campaign has asked for the invoice."""
    asked = exists().where(
        PaymentRequestInvoice.payment_request_id == PaymentRequest.id,
        PaymentRequestInvoice.invoice_id == invoice_id,
        PaymentRequest.dunning_campaign_id.is_not(None),
    )
    return bool(db.session.scalar(select(asked)))
