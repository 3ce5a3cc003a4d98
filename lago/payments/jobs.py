"""Background work of payments."""

import uuid
from collections.abc import Sequence

from lago.core import mail
from lago.core.db import db
from lago.core.jobs import job
from lago.invoicing.letters.receivers import Receivers
from lago.invoicing.models import Invoice
from lago.payments.dunning.look import look_again
from lago.payments.dunning.reset import reset_dunning_of
from lago.payments.models import PaymentReceipt
from lago.payments.receipts.email import email_receipt
from lago.payments.receipts.file import make_receipt_pdf
from lago.payments.record_regrouped import record_regrouped
from lago.payments.requests.email import email_request


@job("payments.record_regrouped")
def record_payment_of_regrouped(invoice_id: str) -> None:
    """Records the payment of an invoice that collects fees which were paid already."""
    record_regrouped(uuid.UUID(invoice_id))


@job("payments.reset_dunning")
def reset_dunning_of_paid(invoice_id: str) -> None:
    """Has the dunning of an overdue invoice that was paid begin anew, if a campaign has asked for it."""
    reset_dunning_of(db.session.get_one(Invoice, uuid.UUID(invoice_id)))


@job("payments.look_at_dunning")
def look_at_dunning(customer_id: str) -> None:
    """Has a customer looked at who may be dunned by another campaign now."""
    look_again([uuid.UUID(customer_id)])


@job("payments.make_receipt_pdf", queue="low")
def make_pdf_of_receipt(receipt_id: str) -> None:
    """Makes the PDF of a receipt and keeps it."""
    make_receipt_pdf(db.session.get_one(PaymentReceipt, uuid.UUID(receipt_id)))


@job("payments.email_receipt", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def send_receipt(
    receipt_id: str, cause_id: str, to: Sequence[str] = (), cc: Sequence[str] = (), bcc: Sequence[str] = ()
) -> None:
    """Sends a receipt to the customer, or to whom someone has named."""
    email_receipt(uuid.UUID(receipt_id), cause_id, Receivers(tuple(to), tuple(cc), tuple(bcc)))


@job("payments.email_request", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def send_request(request_id: str, cause_id: str) -> None:
    """Writes to a customer about a payment request."""
    email_request(uuid.UUID(request_id), cause_id)
