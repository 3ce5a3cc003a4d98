"""A draft that is not wanted: what it would bill is never billed (04 §12)."""

from sqlalchemy import select

from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.core.outbox import announce
from lago.customers.hold import hold
from lago.invoicing.models import CreditNote, Invoice
from lago.organizations.models import Organization
from lago.wallets.ask_refresh import ask_refresh


def delete_draft(invoice: Invoice, organization: Organization) -> None:
    """Takes a draft out of all lists for good, and the notes on it. Its period stays recorded and is not billed again.

    Raises NotAllowed for what is no draft (any more), or has a note that is none.
    """
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    if invoice.status != "draft":
        raise NotAllowed("not_deletable")
    notes = db.session.scalars(select(CreditNote).where(CreditNote.invoice_id == invoice.id)).all()
    if any(note.status == "finalized" for note in notes):
        raise NotAllowed("credit_note_not_deletable")
    for note in notes:
        note.status = "deleted"
    invoice.status, invoice.finalization_due_at, invoice.ready_to_be_refreshed = "deleted", None, False
    ask_refresh(invoice.organization_id, [invoice.customer_id])  # what wallets would pay of it is not to be paid now
    announce("invoice.deleted", invoice)
