"""Invoice collection: which finalized invoices were paid, by the month of their issue (06 §5)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lago.analytics.frame import Frame, month
from lago.core.db import db
from lago.invoicing.models import Invoice


@dataclass(frozen=True)
class InvoiceCollection:
    """Of one month, payment status and currency; both None: a month without invoices."""

    month: date
    payment_status: str | None
    currency: str | None
    invoices_count: int = 0
    amount_cents: int = 0


def invoice_collection(frame: Frame) -> list[InvoiceCollection]:
    """By month, the oldest first. A month without data has one row of zeros, unless a currency is asked for."""
    of = (month(Invoice.issuing_date), Invoice.payment_status, Invoice.currency)
    query = (
        select(*of, func.count(), func.sum(Invoice.total_amount_cents))
        .where(*frame.finalized(), *frame.days(Invoice.issuing_date))
        .group_by(*of)
    )
    rows = [InvoiceCollection(*found, int(cents)) for *found, cents in db.session.execute(query)]
    with_data = {row.month for row in rows}
    if not frame.currency:
        rows += [InvoiceCollection(day, None, None) for day in frame.months if day not in with_data]
    return sorted(rows, key=lambda row: (row.month, row.payment_status or "", row.currency or ""))
