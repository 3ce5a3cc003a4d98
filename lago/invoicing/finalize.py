"""The end of an invoice's making: finalized with a number, or closed (04 §2.4, §2.6)."""

from collections.abc import Sequence

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce, enqueue
from lago.invoicing.apply_sections import apply_sections
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.await_taxes import wait_for_taxes
from lago.invoicing.credit_notes.use import use_credit_notes
from lago.invoicing.models import ADVANCE_CHARGES, IN_ADVANCE_CHARGE, ONE_OFF, PROGRESSIVE_BILLING, Invoice
from lago.invoicing.numbering import assign_numbers
from lago.invoicing.overdue import schedule_overdue
from lago.invoicing.use_wallets import use_wallets


def finalize(invoices: Sequence[Invoice]) -> None:
    """Gives invoices their final status, and numbers unless they are closed; tells of them and has PDFs made.

    Their customers are locked. New ones are given their custom sections; credit notes pay what they can, and then
    wallets. Those of customers whose taxes are not known yet stay pending.
    """
    apply_sections([one for one in invoices if one.status == "generating" and one.invoice_type != ONE_OFF])
    invoices = wait_for_taxes(invoices)
    use_credit_notes(invoices)
    use_wallets(invoices)
    for invoice in invoices:
        _settle(invoice)
    issued = [invoice for invoice in invoices if invoice.status == "finalized"]
    assign_numbers(issued)
    db.session.add_all(invoices)
    db.session.flush()
    for invoice in issued:
        for fee in invoice.fees if _is_in_advance(invoice) else ():
            announce("fee.created", fee)
        announce("invoice.one_off_created" if invoice.invoice_type == ONE_OFF else "invoice.created", invoice)
        enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id)
    ask_refresh_after(invoices)


def _is_in_advance(invoice: Invoice) -> bool:
    """Whether it is for events or units that are paid as they come (02 §6.1, §8.5)."""
    return any(line.invoicing_reason == IN_ADVANCE_CHARGE for line in invoice.invoice_subscriptions)


def settle_payment(invoice: Invoice) -> None:
    """What costs nothing is paid, drafts too, and what collects paid fees (04 §1.3); fees follow their invoice."""
    owed = invoice.total_amount_cents and invoice.invoice_type != ADVANCE_CHARGES
    invoice.payment_status = "pending" if owed else "succeeded"
    for fee in invoice.fees:
        fee.payment_status = invoice.payment_status


def _settle(invoice: Invoice) -> None:
    settle_payment(invoice)
    invoice.status = "closed" if _is_skipped(invoice) else "finalized"
    invoice.finalized_at = clock.now() if invoice.status == "finalized" else None
    schedule_overdue(invoice)


def _is_skipped(invoice: Invoice) -> bool:
    """Whether the zero rule skips it. It looks at the fees, not at the total (04 §2.6).

    No progressive invoice is skipped (04 §1.1).
    """
    if invoice.fees_amount_cents or invoice.invoice_type == PROGRESSIVE_BILLING:
        return False
    chosen = invoice.customer.finalize_zero_amount_invoice
    return chosen == "skip" or (chosen == "inherit" and not invoice.billing_entity.finalize_zero_amount_invoice)
