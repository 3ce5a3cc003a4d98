"""Money for an invoice is entered, and counts (05 §2.2)."""

from datetime import datetime

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.models import Invoice
from lago.invoicing.set_payment_status import set_payment_status
from lago.payments.models import Payment
from lago.payments.providers import MANUAL, PROVIDERS
from lago.payments.receipts.create import create_receipt


def add_payment(invoice: Invoice, amount_cents: int, reference: str, paid_at: datetime | None = None) -> Payment:
    """Enters money that came by hand for an invoice, whose customer is locked: it counts at once, and a receipt
    confirms it. Nothing is checked here."""
    payment = Payment(
        organization_id=invoice.organization_id, customer_id=invoice.customer_id, customer=invoice.customer,
        invoice_id=invoice.id, invoice=invoice, amount_cents=amount_cents, amount_currency=invoice.currency,
        payment_type="manual", reference=reference, created_at=paid_at or clock.now(),
    )
    outcome = PROVIDERS[MANUAL].take(payment)
    payment.status, payment.payment_status = outcome.status, outcome.payment_status
    db.session.add(payment)
    db.session.flush()
    announce("payment.recorded", payment)
    count_payments(invoice)
    create_receipt(payment)
    return payment


def count_payments(invoice: Invoice) -> None:
    """Adds up what was paid for an invoice, whose customer is locked. With its credit notes it may have been all; a
    part of it leaves the payment status alone (05 §2.2)."""
    paid = select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(
        Payment.invoice_id == invoice.id, Payment.payment_status == "succeeded"
    )
    invoice.total_paid_amount_cents = int(db.session.scalar(paid) or 0)
    if not invoice.total_due_amount_cents:
        set_payment_status(invoice, "succeeded")
