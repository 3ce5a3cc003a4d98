"""The XML of invoices and credit notes: UBL in files of their own, CII inside of their PDFs (04 §18)."""

from collections.abc import Mapping
from uuid import UUID

from lago.core.db import Base, db
from lago.invoicing.einvoicing.build import electronic_credit_note, electronic_invoice, is_electronic
from lago.invoicing.einvoicing.values import EDocument
from lago.invoicing.keep_file import keep_file
from lago.invoicing.models import CreditNote, CreditNoteFile, Invoice, InvoiceFile


def keep_invoice_xml(invoice: Invoice) -> None:
    """Keeps the UBL of a finalized invoice, unless it is there or its billing entity issues none."""
    if is_electronic(invoice) and not invoice.has_xml:
        _keep(InvoiceFile, {"invoice_id": invoice.id}, invoice, electronic_invoice(invoice))


def keep_credit_note_xml(note: CreditNote) -> None:
    """The same of a credit note."""
    if is_electronic(note.invoice) and not note.has_xml:
        _keep(CreditNoteFile, {"credit_note_id": note.id}, note, electronic_credit_note(note))


def hybrid_invoice(pdf: bytes, invoice: Invoice) -> bytes:
    """The PDF with the figures attached for programs; as it is, if the billing entity issues no electronic ones."""
    return _with_cii(pdf, electronic_invoice(invoice)) if is_electronic(invoice) else pdf


def hybrid_credit_note(pdf: bytes, note: CreditNote) -> bytes:
    """The same of a credit note."""
    return _with_cii(pdf, electronic_credit_note(note)) if is_electronic(note.invoice) else pdf


def _keep(table: type[Base], key: Mapping[str, UUID], owner: Invoice | CreditNote, document: EDocument) -> None:
    from lago.invoicing.einvoicing.xml import ubl_xml  # slow to import: only a process that makes files pays for it

    keep_file(table, key, owner, "xml", ubl_xml(document))
    db.session.expire(owner, ["has_xml"])


def _with_cii(pdf: bytes, document: EDocument) -> bytes:
    from lago.invoicing.einvoicing.xml import with_cii  # slow to import, as above

    return with_cii(pdf, document)
