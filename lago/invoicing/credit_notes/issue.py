"""Credit notes become final: they count, and are told of (04 §9.2)."""

from collections.abc import Sequence

from lago.core.outbox import announce, enqueue
from lago.invoicing.credit_notes.purchases import PURCHASE, void_refunded
from lago.invoicing.models import CreditNote, Invoice
from lago.invoicing.set_payment_status import set_payment_status


def issue_credit_notes(notes: Sequence[CreditNote]) -> None:
    """Makes notes final, whose customers are locked: what they offset is taken off what is due of their invoices,
    what they pay back of purchases of credits is taken out of the wallets. Their PDFs follow."""
    for note in notes:
        note.status = "finalized"
        if note.offset_amount_cents:
            _settle(note.invoice, note.offset_amount_cents)
        if note.refund_amount_cents and note.invoice.invoice_type == PURCHASE:
            void_refunded(note)
        announce("credit_note.created", note)
        enqueue("invoicing.make_credit_note_pdf", organization_id=note.organization_id, credit_note_id=note.id)


def _settle(invoice: Invoice, offset_amount_cents: int) -> None:
    """An invoice of which nothing is left to pay is paid, and so are its fees (04 §1.3)."""
    invoice.offset_amount_cents += offset_amount_cents
    if invoice.total_due_amount_cents <= 0 and invoice.payment_status != "succeeded":
        set_payment_status(invoice, "succeeded")
