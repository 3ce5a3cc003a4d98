"""The payment of an invoice that collects fees which were paid already (04 §1.3)."""

import uuid

from lago.core.db import db, lock
from lago.invoicing.models import Invoice
from lago.payments.add_payment import add_payment

REFERENCE = "Charges paid in advance"


def record_regrouped(invoice_id: uuid.UUID) -> None:
    """Records that all of the invoice was paid: it was born so."""
    invoice = db.session.get_one(Invoice, invoice_id)
    lock(invoice.customer_id)
    db.session.refresh(invoice)
    add_payment(invoice, invoice.total_amount_cents, REFERENCE)
