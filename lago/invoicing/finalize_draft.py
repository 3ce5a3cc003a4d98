"""The end of a grace period: a draft is made anew for the last time and gets its number (04 §2.4)."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import Forbidden, NotFound
from lago.invoicing.await_taxes import awaiting_taxes
from lago.invoicing.credit_notes.drafts import end_draft_notes
from lago.invoicing.dates import issuing_adjustment, setting
from lago.invoicing.finalize import finalize
from lago.invoicing.models import Invoice
from lago.invoicing.refresh import one_of_each_customer, refresh_drafts
from lago.metering.watch_thresholds import watch_thresholds
from lago.pricing.local_time import local_date


def finalize_draft(invoice: Invoice) -> None:
    """Finalizes a draft now, or closes it (04 §2.6). Raises NotFound if it is none (any more), Forbidden while
    its taxes are awaited."""
    lock(invoice.customer_id)
    db.session.refresh(invoice)  # it may have been finalized before the lock was given
    if invoice.status != "draft" or invoice.invoice_type != "subscription":
        raise NotFound("invoice")
    if awaiting_taxes([invoice]) and invoice.tax_status == "pending":
        raise Forbidden("cannot_finalize_with_pending_taxes")
    finalize_drafts([invoice])


def finalize_drafts(drafts: Sequence[Invoice]) -> None:
    """Finalizes drafts, whose customers are locked, the older ones of a customer first."""
    for some in one_of_each_customer(drafts):
        drafted = [(invoice.issuing_date, invoice.payment_due_date) for invoice in some]
        for invoice in some:
            date_at_the_end(invoice)
        refresh_drafts(some, finalizing=True)
        finalize(some)
        for invoice, dates in zip(some, drafted, strict=True):
            if invoice.status == "pending":  # it gets its dates when its taxes are known
                invoice.issuing_date, invoice.payment_due_date = dates
        end_draft_notes([invoice for invoice in some if invoice.status != "pending"])
    watch_thresholds([line.subscription for invoice in drafts for line in invoice.invoice_subscriptions])


def date_at_the_end(invoice: Invoice) -> None:
    """Issued today at the customer's, unless a periodic invoice keeps its anchor; due by the term of now."""
    customer = invoice.customer
    recurring = any(line.recurring for line in invoice.invoice_subscriptions[:1])
    if not (recurring and issuing_adjustment(customer) == "keep_anchor"):
        invoice.issuing_date = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    if invoice.issuing_date:
        invoice.payment_due_date = invoice.issuing_date + timedelta(days=setting(customer, "net_payment_term"))
    invoice.finalization_due_at = None
