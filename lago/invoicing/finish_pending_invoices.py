"""Invoices that waited until the taxes of their customer were known (04 §5, §7)."""

import uuid

from sqlalchemy import select

from lago.core.db import db, lock
from lago.invoicing.await_taxes import awaiting_taxes
from lago.invoicing.credit_notes.drafts import end_draft_notes
from lago.invoicing.finalize import finalize
from lago.invoicing.finalize_draft import date_at_the_end
from lago.invoicing.models import ONE_OFF, Invoice
from lago.invoicing.one_off_taxes import chosen_for_lines
from lago.invoicing.tax_fees import chosen_for, put_taxes
from lago.subscriptions.taxes import TaxChoice


def finish_pending_invoices(customer_id: uuid.UUID) -> None:
    """Gives them their taxes, and finalizes them, the oldest first; not while another check goes on."""
    lock(customer_id)
    query = select(Invoice).where(Invoice.customer_id == customer_id, Invoice.status == "pending")
    invoices = db.session.scalars(query.order_by(Invoice.seq)).all()
    if awaiting_taxes(invoices):
        return
    choice = TaxChoice()
    for invoice in invoices:
        _tax(invoice, choice)
        invoice.tax_status = "succeeded"
        date_at_the_end(invoice)
        finalize([invoice])  # one by one: the next one finds what is left of credit notes and wallets
    end_draft_notes(invoices)


def _tax(invoice: Invoice, choice: TaxChoice) -> None:
    fees = invoice.fees
    one_off = invoice.invoice_type == ONE_OFF
    put_taxes(invoice, fees, chosen_for_lines(invoice.customer, fees) if one_off else chosen_for(fees, choice))
