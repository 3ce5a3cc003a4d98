"""The end of an invoice's making: finalized with a number, or closed (04 §2.4, §2.6)."""

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce, enqueue
from lago.invoicing.models import Invoice
from lago.invoicing.numbering import assign_number


def finalize(invoice: Invoice) -> None:
    """Gives the invoice its final status, and its number unless it is closed; tells of it and has its PDF made."""
    invoice.payment_status = "pending" if invoice.total_amount_cents else "succeeded"
    for fee in invoice.fees:
        fee.payment_status = invoice.payment_status
    if _is_skipped(invoice):
        invoice.status = "closed"
        db.session.add(invoice)
        return
    invoice.status = "finalized"
    invoice.finalized_at = clock.now()
    assign_number(invoice)
    db.session.add(invoice)
    db.session.flush()
    announce("invoice.created", invoice)
    enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id)


def _is_skipped(invoice: Invoice) -> bool:
    """Whether the zero rule skips it. It looks at the fees, not at the total (04 §2.6)."""
    if invoice.fees_amount_cents:
        return False
    chosen = invoice.customer.finalize_zero_amount_invoice
    return chosen == "skip" or (chosen == "inherit" and not invoice.billing_entity.finalize_zero_amount_invoice)
