"""Invoiced usage: what charges brought, by metric and the month in which their fees were made (06 §5)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from lago.analytics.frame import Frame, month_in_utc
from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.invoicing.models import Fee, Invoice
from lago.pricing.rounding import round_half_up


@dataclass(frozen=True)
class InvoicedUsage:
    """Of one month, metric code and currency."""

    month: date
    code: str
    currency: str
    amount_cents: int


def invoiced_usage(frame: Frame) -> list[InvoicedUsage]:
    """By month, the newest first, then by amount, the highest first. Invoices of any status count."""
    of = (month_in_utc(Fee.created_at), BillableMetric.code, Fee.currency)
    net = func.sum(Fee.amount_cents - Fee.precise_coupons_amount_cents)
    query = (
        select(*of, net)
        .join(Invoice, Invoice.id == Fee.invoice_id)
        .join(BillableMetric, BillableMetric.id == Fee.billable_metric_id)
        .where(
            Fee.organization_id == frame.organization_id, Fee.fee_type == "charge", Fee.deleted_at.is_(None),
            *frame.moments(Fee.created_at), *frame.of_invoices(), Invoice.payment_dispute_lost_at.is_(None),
        )
        .group_by(*of)
        .order_by(of[0].desc(), net.desc(), of[1])
    )
    return [InvoicedUsage(*found, round_half_up(cents)) for *found, cents in db.session.execute(query)]
