"""The one place where the payment status of an invoice changes after its finalization (05 §2.3)."""

from sqlalchemy import update

from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import INVALID
from lago.core.outbox import announce, enqueue
from lago.invoicing.filters import PAYMENT_STATUSES
from lago.invoicing.models import VISIBLE_STATUSES, Fee, Invoice
from lago.invoicing.overdue import schedule_overdue
from lago.invoicing.settle_top_up import settle_top_up


def set_payment_status(invoice: Invoice, status: str) -> None:
    """Sets the payment status of an invoice, whose customer is locked, and does what comes of it.

    Fees follow; what is paid is not overdue any more. That it is set counts for credit invoices, even to what it was
    (05 §1.9); only a change is told, and only of an invoice that the API shows.

    Raises Invalid for an unknown status, NotAllowed for a change on a draft.
    """
    if status not in PAYMENT_STATUSES:
        raise Invalid({"payment_status": [INVALID]})
    changed = status != invoice.payment_status
    told = changed and invoice.status in VISIBLE_STATUSES
    if changed and invoice.status == "draft":
        raise NotAllowed("payment_status_update_on_draft_invoice")
    invoice.payment_status = status
    if status == "succeeded" and invoice.payment_overdue:
        _end_overdue(invoice)
    schedule_overdue(invoice)
    db.session.execute(update(Fee).where(Fee.invoice_id == invoice.id).values(payment_status=status))
    db.session.flush()
    settle_top_up(invoice)
    if told:
        announce("invoice.payment_status_updated", invoice)


def _end_overdue(invoice: Invoice) -> None:
    """It is overdue no more; if a campaign had asked for it, the attempts of dunning begin anew (05 §2.6)."""
    invoice.payment_overdue = False
    enqueue("payments.reset_dunning", organization_id=invoice.organization_id, invoice_id=invoice.id)
