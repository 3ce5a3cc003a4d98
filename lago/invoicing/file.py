"""The PDF of an invoice: made once, kept in PostgreSQL, reached by a signed link (04 §17, 00 §5)."""

import uuid

from lago.core import config
from lago.core.db import db
from lago.core.links import link_to, linked
from lago.core.outbox import announce
from lago.invoicing.document.build import document_of
from lago.invoicing.einvoicing.files import hybrid_invoice, keep_invoice_xml
from lago.invoicing.keep_file import keep_file
from lago.invoicing.letters.email_invoice import mail_if_wanted
from lago.invoicing.models import Invoice, InvoiceFile

_FILES = "invoice"


def make_pdf(invoice: Invoice) -> None:
    """Renders and keeps the PDF, unless there is one already or nobody wants any; tells of it once, and has it sent to
    the customer where the billing entity does that. An electronic invoice comes first (04 §2.4-7)."""
    keep_invoice_xml(invoice)
    if config.settings().disable_pdf_generation:
        return
    from lago.invoicing.pdf import render_invoice  # slow to import: only a process that makes files pays for it

    pdf = hybrid_invoice(render_invoice(document_of(invoice)), invoice)
    if keep_file(InvoiceFile, {"invoice_id": invoice.id}, invoice, "pdf", pdf):
        announce("invoice.generated", invoice)
        mail_if_wanted(invoice)


def file_url(invoice_id: uuid.UUID) -> str:
    """A link to the PDF that needs no key and is good for seven days."""
    return link_to(_FILES, invoice_id)


def linked_file(token: str) -> InvoiceFile | None:
    """The file that a link leads to; None if the link is false or too old."""
    invoice_id = linked(_FILES, token)
    return db.session.get(InvoiceFile, (invoice_id, "pdf")) if invoice_id else None
