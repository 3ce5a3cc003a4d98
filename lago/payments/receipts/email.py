"""The message with which a receipt goes to the customer (05 §2.7, 06 §6)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core.db import db, transaction
from lago.core.mail import Attachment, Letter, send
from lago.core.outbox import announce
from lago.invoicing.letters.letter import addresses, formats_for, letter
from lago.invoicing.letters.receivers import Receivers
from lago.invoicing.models import Invoice, InvoiceFile
from lago.organizations.models import BillingEntity, Organization
from lago.payments.models import PaymentReceipt, PaymentReceiptFile
from lago.payments.schemas import invoices_of

SETTING = "payment_receipt.created"


def entity_of(receipt: PaymentReceipt) -> BillingEntity:
    """The one that the invoice is of (04 §16)."""
    return invoices_of(receipt.payment)[0].billing_entity


def email_receipt(receipt_id: uuid.UUID, cause_id: str, receivers: Receivers) -> None:
    """Sends the receipt and its invoices as PDFs; nothing where nobody has an address. No transaction is open while the
    mail server is spoken to."""
    with transaction():
        message = _letter(db.session.get_one(PaymentReceipt, receipt_id), cause_id, receivers)
    if message is not None and send(message):
        with transaction():
            announce("payment_receipt.emailed", db.session.get_one(PaymentReceipt, receipt_id))


def _letter(receipt: PaymentReceipt, cause: str, receivers: Receivers) -> Letter | None:
    payment, entity = receipt.payment, entity_of(receipt)
    to = receivers.to or addresses(payment.customer.email)
    if not to or not entity.email:
        return None
    invoices = invoices_of(payment)
    formats = formats_for(payment.customer, payment.amount_currency)
    organization = db.session.get_one(Organization, receipt.organization_id)
    sender = entity.legal_name or entity.name
    return letter(
        "payment_receipt", organization, entity, cause=cause, to=to, cc=receivers.cc, bcc=receivers.bcc,
        attachments=(*_receipt_files(receipt), *_invoice_files(invoices)),
        subject=formats.say("mail_receipt_subject", sender=sender, number=receipt.number),
        receipt=receipt, payment=payment, invoices=invoices, formats=formats,
    )


def _receipt_files(receipt: PaymentReceipt) -> list[Attachment]:
    file = db.session.get(PaymentReceiptFile, (receipt.id, "pdf"))
    return [Attachment(f"receipt-{receipt.number}.pdf", file.content)] if file else []


def _invoice_files(invoices: Sequence[Invoice]) -> list[Attachment]:
    """In the order of the invoices."""
    ids = [invoice.id for invoice in invoices]
    query = select(InvoiceFile).where(InvoiceFile.invoice_id.in_(ids), InvoiceFile.kind == "pdf")
    files = {file.invoice_id: file.content for file in db.session.scalars(query)}
    return [Attachment(f"invoice-{one.number}.pdf", files[one.id]) for one in invoices if one.id in files]
