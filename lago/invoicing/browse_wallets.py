"""What the pages show of the invoices behind the transactions of wallets."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.invoicing.models import CreditNote, Invoice


def invoices_by_id(organization_id: uuid.UUID, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Invoice]:
    """Invoices of the organization in any status, also those that no list shows: not paid yet, so not final."""
    wanted = {invoice_id for invoice_id in ids if invoice_id}
    query = select(Invoice).options(lazyload("*")).where(
        Invoice.organization_id == organization_id, Invoice.id.in_(wanted)
    )
    return {invoice.id: invoice for invoice in db.session.scalars(query)} if wanted else {}


def credit_note_named(organization_id: uuid.UUID, credit_note_id: uuid.UUID | None) -> CreditNote | None:
    """The credit note by which credits were paid back."""
    query = select(CreditNote).options(lazyload("*")).where(
        CreditNote.organization_id == organization_id, CreditNote.id == credit_note_id
    )
    return db.session.scalar(query) if credit_note_id else None
