"""When an invoice becomes overdue (05 §2.4)."""

from datetime import UTC, datetime, time, timedelta

from lago.core import clock
from lago.invoicing.models import Invoice


def schedule_overdue(invoice: Invoice) -> None:
    """Sets the moment at which the invoice becomes overdue: 00:00 UTC of the day after its due date, by the UTC date
    and not by the customer's. None while it has not to be paid, after a lost dispute, and once it is overdue.

    To be called whenever its status, payment status, due date or dispute has changed.
    """
    invoice.overdue_due_at = _day_after_due(invoice) if _is_to_be_paid(invoice) else None


def _is_to_be_paid(invoice: Invoice) -> bool:
    unpaid = invoice.status == "finalized" and invoice.payment_status != "succeeded"
    return unpaid and not invoice.payment_overdue and invoice.payment_dispute_lost_at is None


def _day_after_due(invoice: Invoice) -> datetime | None:
    """Now, if that day has begun already: what becomes unpaid again, or was due before it was finalized."""
    if invoice.payment_due_date is None:
        return None
    return max(datetime.combine(invoice.payment_due_date + timedelta(days=1), time(), UTC), clock.now())
