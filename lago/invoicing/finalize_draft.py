"""The end of a grace period: a draft is made anew for the last time and gets its number (04 §2.4)."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import NotFound
from lago.invoicing.credit_notes.drafts import end_draft_notes
from lago.invoicing.dates import issuing_adjustment, setting
from lago.invoicing.finalize import finalize
from lago.invoicing.models import Invoice
from lago.invoicing.refresh import one_of_each_customer, refresh_drafts
from lago.metering.watch_thresholds import watch_thresholds
from lago.pricing.local_time import local_date


def finalize_draft(invoice: Invoice) -> None:
    """Finalizes a draft now, or closes it (04 §2.6). Raises NotFound if it is none (any more)."""
    lock(invoice.customer_id)
    db.session.refresh(invoice)  # it may have been finalized before the lock was given
    if invoice.status != "draft" or invoice.invoice_type != "subscription":
        raise NotFound("invoice")
    finalize_drafts([invoice])


def finalize_drafts(drafts: Sequence[Invoice]) -> None:
    """Finalizes drafts, whose customers are locked, the older ones of a customer first."""
    for some in one_of_each_customer(drafts):
        for invoice in some:
            _date(invoice)
        refresh_drafts(some, finalizing=True)
        finalize(some)
        end_draft_notes(some)
    watch_thresholds([line.subscription for invoice in drafts for line in invoice.invoice_subscriptions])


def _date(invoice: Invoice) -> None:
    """Issued today at the customer's, unless a periodic invoice keeps its anchor; due by the term of now."""
    customer = invoice.customer
    recurring = invoice.invoice_subscriptions[0].recurring
    if not (recurring and issuing_adjustment(customer) == "keep_anchor"):
        invoice.issuing_date = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    if invoice.issuing_date:
        invoice.payment_due_date = invoice.issuing_date + timedelta(days=setting(customer, "net_payment_term"))
    invoice.finalization_due_at = None
