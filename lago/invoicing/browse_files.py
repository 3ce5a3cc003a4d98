"""The PDFs that the pages give out."""

import uuid
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.models import CreditNoteFile, Invoice, InvoiceFile


def with_made_pdf(invoices: Collection[Invoice]) -> list[uuid.UUID]:
    """Those of the invoices that have a PDF, in their order."""
    ids = [invoice.id for invoice in invoices]
    query = select(InvoiceFile.invoice_id).where(InvoiceFile.invoice_id.in_(ids), InvoiceFile.kind == "pdf")
    made = set(db.session.scalars(query))
    return [one for one in ids if one in made]


def made_pdfs(organization_id: uuid.UUID, invoice_ids: Collection[uuid.UUID]) -> Iterator[tuple[str, bytes]]:
    """Number and PDF of the organization's invoices among these, one after the other; those without one are left out.
    """
    query = (
        select(Invoice.number, InvoiceFile.content)
        .join(InvoiceFile, InvoiceFile.invoice_id == Invoice.id)
        .where(
            InvoiceFile.organization_id == organization_id, InvoiceFile.invoice_id.in_(invoice_ids),
            InvoiceFile.kind == "pdf",
        )
        .order_by(Invoice.seq)
    )
    rows: Any = db.session.execute(query.execution_options(yield_per=20))
    yield from rows


def credit_note_pdf(organization_id: uuid.UUID, note_id: uuid.UUID) -> bytes | None:
    """The PDF of a credit note of the organization."""
    file = CreditNoteFile
    query = select(file.content).where(
        file.organization_id == organization_id, file.credit_note_id == note_id, file.kind == "pdf"
    )
    return db.session.scalar(query)
