"""What the pages show of credit notes beside themselves."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.invoicing.models import VISIBLE_STATUSES, CreditNote, CreditNoteFile, Invoice, InvoiceCredit


@dataclass(frozen=True)
class Use:
    """An invoice that a note has paid, and so many cents of it."""

    invoice: Invoice
    amount_cents: int


def uses_of(note: CreditNote) -> list[Use]:
    """The invoices that the note has paid, the oldest first."""
    query = (
        select(Invoice, InvoiceCredit.amount_cents)
        .join(Invoice, Invoice.id == InvoiceCredit.invoice_id)
        .where(InvoiceCredit.credit_note_id == note.id, Invoice.status.in_(VISIBLE_STATUSES))
        .order_by(InvoiceCredit.seq)
        .options(lazyload("*"))
    )
    return [Use(invoice, cents) for invoice, cents in db.session.execute(query)]


def note_pdf_made_at(note: CreditNote) -> datetime | None:
    """When its PDF was made; None while there is none."""
    file = CreditNoteFile
    return db.session.scalar(select(file.created_at).where(file.credit_note_id == note.id, file.kind == "pdf"))


def currencies_of_notes(organization_id: uuid.UUID) -> list[str]:
    """The currencies in which something was given back, in alphabetical order."""
    query = select(CreditNote.currency).where(CreditNote.organization_id == organization_id).distinct()
    return list(db.session.scalars(query.order_by(CreditNote.currency)))
