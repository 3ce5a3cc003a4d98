"""Dates of drafts after a change of the settings that they follow (04 §2.5)."""

import uuid
from datetime import timedelta

from lago.core.db import db, lock
from lago.invoicing.dates import invoice_dates, setting
from lago.invoicing.drafts import drafts_of, finalization_due, is_due
from lago.invoicing.finalize_draft import finalize_drafts
from lago.invoicing.models import Invoice


def redate_drafts(customer_id: uuid.UUID, *, with_term: bool = False) -> None:
    """Gives a customer's drafts the dates that the settings of now ask for; what is due by them is finalized now.

    `with_term`: the payment term too, of a customer without one of his own.
    """
    lock(customer_id)
    drafts = drafts_of([customer_id])
    for invoice in drafts:
        _redate(invoice, with_term=with_term)
    db.session.flush()
    finalize_drafts([invoice for invoice in drafts if is_due(invoice)])


def _redate(invoice: Invoice, *, with_term: bool) -> None:
    line, customer = invoice.invoice_subscriptions[0], invoice.customer
    dates = invoice_dates(customer, line.timestamp, line.invoicing_reason, invoice.timezone)
    if with_term and customer.net_payment_term is None:
        invoice.net_payment_term = setting(customer, "net_payment_term")
    invoice.issuing_date = dates.issuing_date
    invoice.payment_due_date = dates.issuing_date + timedelta(days=invoice.net_payment_term)
    if invoice.expected_finalization_date != dates.expected_finalization_date:
        invoice.expected_finalization_date = dates.expected_finalization_date
        invoice.finalization_due_at = finalization_due(invoice)
