"""Making the PDF of an invoice anew, as the operator may (06 §1.4)."""

from sqlalchemy import delete

from lago.core import config
from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.core.outbox import enqueue
from lago.invoicing.document.build import document_of
from lago.invoicing.einvoicing.files import hybrid_invoice
from lago.invoicing.keep_file import keep_file
from lago.invoicing.models import Invoice, InvoiceFile

PRINTED = ("finalized", "voided")


def ask_rebuild(invoice: Invoice) -> None:
    """Has it made in the background. Raises NotAllowed for an invoice that is not printed."""
    if invoice.status not in PRINTED:
        raise NotAllowed("invoice_not_finalized")
    enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id, anew=True)


def rebuild_pdf(invoice: Invoice) -> None:
    """The file is what the invoice's snapshot makes of today's templates; nobody is told, nothing is mailed."""
    if config.settings().disable_pdf_generation:
        return
    from lago.invoicing.pdf import render_invoice  # slow to import: only a process that makes files pays for it

    pdf = hybrid_invoice(render_invoice(document_of(invoice)), invoice)
    db.session.execute(delete(InvoiceFile).where(InvoiceFile.invoice_id == invoice.id, InvoiceFile.kind == "pdf"))
    keep_file(InvoiceFile, {"invoice_id": invoice.id}, invoice, "pdf", pdf)
