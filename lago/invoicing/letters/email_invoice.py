"""The message with which an invoice goes to the customer (04 §2.4-7, 06 §6)."""

import uuid

from lago.core.db import db, transaction
from lago.core.ids import new_id
from lago.core.mail import Attachment, Letter, send
from lago.core.outbox import announce, enqueue
from lago.invoicing.letters.letter import addresses, formats_for, letter
from lago.invoicing.letters.receivers import Receivers, is_wanted
from lago.invoicing.models import Invoice, InvoiceFile
from lago.organizations.models import Organization

SETTING = "invoice.finalized"


def mail_if_wanted(invoice: Invoice) -> None:
    """Has an invoice sent whose PDF was just made, where its billing entity does that; not if nothing is on it."""
    finalized = invoice.status == "finalized" and invoice.fees_amount_cents
    if finalized and is_wanted(SETTING, invoice.billing_entity, invoice.customer):
        ask_for_mail(invoice, Receivers())


def ask_for_mail(invoice: Invoice, receivers: Receivers) -> None:
    """Has it sent after the commit."""
    enqueue(
        "invoicing.email_invoice", organization_id=invoice.organization_id, invoice_id=invoice.id, cause_id=new_id(),
        **receivers.args,
    )


def email_invoice(invoice_id: uuid.UUID, cause_id: str, receivers: Receivers) -> None:
    """Sends the invoice with its PDF; nothing where one side has no address. No transaction is open while the mail
    server is spoken to."""
    with transaction():
        message = _letter(db.session.get_one(Invoice, invoice_id), cause_id, receivers)
    if message is not None and send(message):
        with transaction():
            announce("invoice.emailed", db.session.get_one(Invoice, invoice_id))


def _letter(invoice: Invoice, cause: str, receivers: Receivers) -> Letter | None:
    entity, to = invoice.billing_entity, receivers.to or addresses(invoice.customer.email)
    if not to or not entity.email:
        return None
    formats = formats_for(invoice.customer, invoice.currency)
    sender = entity.legal_name or entity.name
    return letter(
        "invoice", db.session.get_one(Organization, invoice.organization_id), entity, cause=cause,
        to=to, cc=receivers.cc, bcc=receivers.bcc, attachments=_files(invoice),
        subject=formats.say("mail_invoice_subject", sender=sender, number=invoice.number),
        invoice=invoice, due=_due(invoice), formats=formats,
    )


def _due(invoice: Invoice) -> int:
    """What it asks for; nothing of one that collects what is paid already."""
    return 0 if invoice.payment_status == "succeeded" else invoice.total_due_amount_cents


def _files(invoice: Invoice) -> tuple[Attachment, ...]:
    file = db.session.get(InvoiceFile, (invoice.id, "pdf"))
    return (Attachment(f"invoice-{invoice.number}.pdf", file.content),) if file else ()
