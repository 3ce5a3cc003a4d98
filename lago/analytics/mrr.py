"""Monthly recurring revenue by month and currency (06 §5). SQL adds up the fees that are spread alike."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Integer, Row, Select, and_, case, cast, func, null, or_, select

from lago.analytics.frame import Frame, month
from lago.catalog.models import Plan
from lago.core.db import db
from lago.invoicing.models import Fee, Invoice
from lago.pricing.mrr import Shares, month_of, spread_backwards, spread_forwards, weekly_mrr
from lago.pricing.rounding import exact, round_half_up
from lago.subscriptions.models import Subscription

SHORT = ("weekly", "monthly")
MOST_MONTHS = 13
"""Over how many months a yearly fee may be spread, in a leap year."""


@dataclass(frozen=True)
class Mrr:
    """Of one month and currency; None: a month without data."""

    month: date
    amount_cents: int | None
    currency: str | None


def mrr(frame: Frame) -> list[Mrr]:
    """By month, the oldest first. A month without data has a row without figures, unless a currency is asked for."""
    found = _by_month(frame)
    rows = [Mrr(day, round_half_up(cents), currency) for (day, currency), cents in found.items()]
    if not frame.currency:
        with_data = {day for day, _ in found}
        rows += [Mrr(day, None, None) for day in frame.months if day not in with_data]
    return sorted(rows, key=lambda row: (row.month, row.currency or ""))


@exact
def _by_month(frame: Frame) -> Mapping[tuple[date, str], Decimal]:
    """Cents by month and currency."""
    found: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for currency, shares in _shares(frame):
        for day, cents in shares.items():
            if frame.first <= day <= frame.last:
                found[day, currency] += cents
    return found


def _shares(frame: Frame) -> Iterator[tuple[str, Shares]]:
    for row in db.session.execute(_fees(frame)):
        yield row.currency, _spread(row)


def _spread(row: Row[Any]) -> Shares:
    """Fees of the same dates are spread as one."""
    if row.interval == "monthly":
        return {row.issued_on: row.net}
    if row.interval == "weekly":
        return {row.issued_on: weekly_mrr(row.net, row.number)}
    spread = spread_forwards if row.pay_in_advance else spread_backwards
    return spread(row.net, row.minutes, row.issued_on)


def _fees(frame: Frame) -> Select[Any]:
    """Subscription fees of finalized invoices. Those of a week or a month by the month of their invoice; those of more
    by its date and how long they are for, also from so far around the months that they reach into them."""
    is_short = Plan.interval.in_(SHORT)
    net = func.sum(Fee.amount_cents - Fee.precise_coupons_amount_cents + Fee.taxes_amount_cents).label("net")
    of = (
        Invoice.currency.label("currency"), Plan.interval.label("interval"),
        case((~is_short, Plan.pay_in_advance)).label("pay_in_advance"),
        case((is_short, month(Invoice.issuing_date)), else_=Invoice.issuing_date).label("issued_on"),
        case((is_short, null()), else_=_minutes()).label("minutes"),
    )
    return (
        select(*of, net, func.count().label("number"))
        .select_from(Invoice)
        .join(Fee, Fee.invoice_id == Invoice.id)
        .join(Subscription, Subscription.id == Fee.subscription_id)
        .join(Plan, Plan.id == Subscription.plan_id)
        .where(
            *frame.finalized(), Fee.fee_type == "subscription", Fee.deleted_at.is_(None),
            Invoice.issuing_date >= month_of(frame.first, -MOST_MONTHS),
            Invoice.issuing_date < month_of(frame.end, MOST_MONTHS),
            or_(~is_short, and_(*frame.days(Invoice.issuing_date))),
        )
        .group_by(*of)
    )


def _minutes() -> ColumnElement[int]:
    """Whole minutes between a fee's from and to."""
    starts, ends = (
        cast(Fee.properties[name].astext, DateTime(timezone=True)) for name in ("from_datetime", "to_datetime")
    )
    return cast(func.coalesce(func.floor(func.extract("epoch", ends - starts) / 60), 0), Integer)
