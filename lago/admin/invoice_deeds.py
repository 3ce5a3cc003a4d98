"""What can be done with an invoice, by its state: the buttons of its page."""

from dataclasses import dataclass

from lago.invoicing.models import ADVANCE_CHARGES, Invoice
from lago.payments.retry_payment import SETTLED_STATUSES

NOTED_STATUSES = ("finalized", "voided")


@dataclass(frozen=True)
class Deeds:
    """Which of them have a use. What is allowed is decided by the verbs, when it is done."""

    finalize: bool
    retry: bool
    mark_payment: bool
    record_payment: bool
    retry_payment: bool
    lose_dispute: bool
    void: bool
    credit: bool
    regenerate: bool
    edit_metadata: bool
    mail: bool


def deeds_for(invoice: Invoice, *, is_regenerated: bool) -> Deeds:
    is_final, is_open = invoice.status == "finalized", invoice.payment_status != "succeeded"
    is_paid_before = invoice.invoice_type == ADVANCE_CHARGES
    return Deeds(
        finalize=invoice.status == "draft",
        retry=invoice.status == "failed",
        mark_payment=is_final and not is_paid_before,
        record_payment=is_final and not is_paid_before and is_open and invoice.total_due_amount_cents > 0,
        retry_payment=invoice.status not in SETTLED_STATUSES and is_final and is_open and not is_paid_before,
        lose_dispute=invoice.status in NOTED_STATUSES and invoice.payment_dispute_lost_at is None,
        void=is_final,
        credit=invoice.status in NOTED_STATUSES,
        regenerate=invoice.status == "voided" and not is_regenerated and invoice.customer.deleted_at is None,
        edit_metadata=invoice.status not in ("draft", "voided"),
        mail=is_final,
    )
