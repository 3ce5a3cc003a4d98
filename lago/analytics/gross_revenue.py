"""Gross revenue: what was invoiced, less what was refunded, and what was paid in advance without an invoice (06 §5)."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from lago.analytics.frame import Frame, month, month_in_utc
from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class GrossRevenue:
    """Of one month, currency and billing entity."""

    month: date
    currency: str
    billing_entity_id: uuid.UUID
    amount_cents: int
    invoices_count: int


def gross_revenue(frame: Frame) -> list[GrossRevenue]:
    """By month, the oldest first; months without data are left out. One query."""
    parts = union_all(_invoiced(frame), _refunded(frame), _without_invoice(frame)).subquery()
    month, currency, entity_id, cents, count = parts.c
    query = (
        select(month, currency, entity_id, func.sum(cents), func.sum(count))
        .group_by(month, currency, entity_id)
        .order_by(month, currency, entity_id)
    )
    return [GrossRevenue(*of, int(cents), int(number)) for *of, cents, number in db.session.execute(query)]


def _invoiced(frame: Frame) -> Select[Any]:
    of = (month(Invoice.issuing_date), Invoice.currency, Invoice.billing_entity_id)
    return (
        select(*of, func.sum(Invoice.total_amount_cents), func.count())
        .where(*frame.finalized(), *frame.days(Invoice.issuing_date))
        .group_by(*of)
    )


def _refunded(frame: Frame) -> Select[Any]:
    """In the month of the invoice, whenever it was refunded."""
    of = (month(Invoice.issuing_date), Invoice.currency, Invoice.billing_entity_id)
    return (
        select(*of, -func.sum(CreditNote.refund_amount_cents), literal(0))
        .join(CreditNote, CreditNote.invoice_id == Invoice.id)
        .where(
            *frame.finalized(), *frame.days(Invoice.issuing_date), CreditNote.status == "finalized",
            CreditNote.organization_id == frame.organization_id, CreditNote.refund_amount_cents > 0,
        )
        .group_by(*of)
    )


def _without_invoice(frame: Frame) -> Select[Any]:
    """Fees in advance that stand by themselves, in the month in which they were made."""
    entity_id = func.coalesce(Subscription.billing_entity_id, Customer.billing_entity_id)
    of = (month_in_utc(Fee.created_at), Fee.currency, entity_id)
    return (
        select(*of, func.sum(Fee.amount_cents), literal(0))
        .join(Subscription, Subscription.id == Fee.subscription_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(
            Fee.organization_id == frame.organization_id, Fee.invoice_id.is_(None), Fee.pay_in_advance.is_(True),
            Fee.deleted_at.is_(None), *frame.moments(Fee.created_at), *frame.of_currency(Fee.currency),
            *frame.of_entity(entity_id), *frame.of_customer(Subscription.customer_id),
        )
        .group_by(*of)
    )
