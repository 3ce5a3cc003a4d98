"""A customer has taken the money of an invoice back, and the bank agrees (04 §12)."""

from lago.core import clock
from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.core.outbox import announce
from lago.customers.hold import hold
from lago.invoicing.models import Invoice
from lago.invoicing.overdue import schedule_overdue
from lago.organizations.models import Organization


def lose_dispute(invoice: Invoice, organization: Organization) -> None:
    """Notes that the dispute is lost: nobody waits for the money any more. Once: a second time changes nothing.

    Raises NotAllowed unless the invoice is finalized or voided.
    """
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    if invoice.status not in ("finalized", "voided"):
        raise NotAllowed("not_disputable")
    if invoice.payment_dispute_lost_at is None:
        invoice.payment_dispute_lost_at, invoice.payment_overdue = clock.now(), False
        schedule_overdue(invoice)
        announce("invoice.payment_dispute_lost", invoice)
