"""Invoices that wait for their finalization: drafts, and when they are due (04 §2.3, §2.4)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.invoicing.apply_sections import apply_sections
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.await_taxes import awaiting_taxes, leave_untaxed
from lago.invoicing.dates import setting
from lago.invoicing.finalize import finalize, settle_payment
from lago.invoicing.models import Invoice
from lago.pricing.local_time import dawn

_UTC = ZoneInfo("UTC")


def issue(invoices: Sequence[Invoice]) -> None:
    """Finalizes new invoices of subscriptions; those of customers with a grace period become drafts."""
    drafts = [invoice for invoice in invoices if becomes_draft(invoice.customer)]
    apply_sections(drafts)
    for invoice in awaiting_taxes(drafts):
        leave_untaxed(invoice)
    for invoice in drafts:
        _put_off(invoice)
    finalize([invoice for invoice in invoices if invoice not in drafts])
    db.session.add_all(drafts)
    db.session.flush()
    for invoice in drafts:
        announce("invoice.drafted", invoice)
        if invoice.tax_status != "pending":
            announce("invoice.ready_to_finalize", invoice)
    ask_refresh_after(drafts)


def becomes_draft(customer: Customer) -> bool:
    """Whether new invoices of the customer's subscriptions wait for their finalization."""
    return bool(setting(customer, "invoice_grace_period"))


def finalization_due(invoice: Invoice) -> datetime:
    """00:00 UTC of the expected date of its finalization (06 §7), but not before now."""
    day = invoice.expected_finalization_date
    return max(dawn(day, _UTC), clock.now()) if day else clock.now()


def is_due(invoice: Invoice) -> bool:
    """Whether its grace period is over, by the date in UTC."""
    day = invoice.expected_finalization_date
    return day is None or day <= clock.now().astimezone(UTC).date()


def drafts_of(customer_ids: Collection[uuid.UUID]) -> Sequence[Invoice]:
    """The customers' drafts, the oldest first."""
    query = select(Invoice).where(Invoice.customer_id.in_(customer_ids), Invoice.status == "draft")
    return db.session.scalars(query.order_by(Invoice.seq)).all()


def _put_off(invoice: Invoice) -> None:
    settle_payment(invoice)
    invoice.status = "draft"
    invoice.finalization_due_at = finalization_due(invoice)
