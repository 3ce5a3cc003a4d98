"""Overdue balances: what is still to be paid of overdue invoices, by the month in which it was due (06 §5)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lago.analytics.frame import Frame, month
from lago.core.db import db
from lago.invoicing.models import Invoice
from lago.payments.browse_overdue import due_cents


@dataclass(frozen=True)
class OverdueBalance:
    """Of one month, currency and billing entity."""

    month: date
    currency: str
    billing_entity_id: uuid.UUID
    amount_cents: int
    invoice_ids: tuple[uuid.UUID, ...]


def overdue_balance(frame: Frame) -> list[OverdueBalance]:
    """By month, the oldest first; months without data are left out."""
    of = (month(Invoice.payment_due_date), Invoice.currency, Invoice.billing_entity_id)
    query = (
        select(*of, func.sum(due_cents()), func.array_agg(Invoice.id))
        .where(*frame.of_invoices(), Invoice.payment_overdue, *frame.days(Invoice.payment_due_date))
        .group_by(*of)
        .order_by(*of)
    )
    return [OverdueBalance(*found, int(cents), tuple(ids)) for *found, cents, ids in db.session.execute(query)]
