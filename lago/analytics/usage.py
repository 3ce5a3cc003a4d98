"""Usage of days, weeks and months by metric and currency (06 §5): sums of what is kept of each day."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, cast, func, select

from lago.analytics.models import UsageOfDay
from lago.catalog.models import BillableMetric, Plan
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import INVALID, INVALID_DATE
from lago.customers.models import Customer
from lago.invoicing.filters import read_flag
from lago.pricing.mrr import month_of
from lago.subscriptions.models import Subscription

GRANULARITIES = {"daily": "day", "weekly": "week", "monthly": "month"}

DAY, WEEK = timedelta(days=1), timedelta(days=7)

Parameters = Mapping[str, str | None]


@dataclass(frozen=True)
class PeriodOfUsage:
    """What a metric brought in one period and currency, both dates included."""

    first: date
    last: date
    currency: str
    metric_code: str
    is_metric_deleted: bool
    units: Decimal
    amount_cents: int


def usage(organization_id: uuid.UUID, parameters: Parameters) -> list[PeriodOfUsage]:
    """By period, the oldest first, then by metric and currency. Weeks begin on Monday; days outside of the dates asked
    for don't count, also where they lie in the first or last period. One query.

    Raises Invalid for what is no granularity, no date or no boolean.
    """
    granularity = parameters.get("time_granularity") or "daily"
    if granularity not in GRANULARITIES:
        raise Invalid({"time_granularity": [INVALID]})
    query = _sums(granularity).where(
        UsageOfDay.organization_id == organization_id, *_between(parameters), *_narrowed(parameters)
    )
    return [_period(granularity, row) for row in db.session.execute(query)]


def _sums(granularity: str) -> Select[Any]:
    starts = cast(func.date_trunc(GRANULARITIES[granularity], UsageOfDay.usage_date), Date).label("starts")
    is_deleted = BillableMetric.deleted_at.is_not(None).label("is_deleted")
    of = (starts, BillableMetric.code, UsageOfDay.currency, is_deleted)
    return (
        select(*of, func.sum(UsageOfDay.units).label("units"), func.sum(UsageOfDay.amount_cents).label("cents"))
        .join(BillableMetric, BillableMetric.id == UsageOfDay.billable_metric_id)
        .join(Subscription, Subscription.id == UsageOfDay.subscription_id)
        .join(Plan, Plan.id == Subscription.plan_id)
        .join(Customer, Customer.id == UsageOfDay.customer_id)
        .group_by(*of)
        .order_by(*of)
    )


def _period(granularity: str, row: Row[Any]) -> PeriodOfUsage:
    after = {"daily": row.starts + DAY, "weekly": row.starts + WEEK, "monthly": month_of(row.starts, 1)}[granularity]
    return PeriodOfUsage(
        row.starts, after - DAY, row.currency, row.code, row.is_deleted, row.units, int(row.cents)
    )


def _between(parameters: Parameters) -> list[ColumnElement[bool]]:
    first, last = (_date(parameters, name) for name in ("from_date", "to_date"))
    bounds = ((first, UsageOfDay.usage_date.__ge__), (last, UsageOfDay.usage_date.__le__))
    return [compare(day) for day, compare in bounds if day]


def _date(parameters: Parameters, name: str) -> date | None:
    """The date that a text is or begins with, or None for a blank one. Raises Invalid for any other."""
    text = (parameters.get(name) or "").strip()
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise Invalid({name: [INVALID_DATE]}) from None


def _narrowed(parameters: Parameters) -> list[ColumnElement[bool]]:
    named = {name: text for name, text in parameters.items() if text}
    equal = {
        "customer_type": Customer.customer_type, "external_customer_id": Customer.external_id,
        "external_subscription_id": Subscription.external_id, "plan_code": Plan.code,
        "billable_metric_code": BillableMetric.code,
    }
    upper = {"currency": UsageOfDay.currency, "customer_country": Customer.country}
    conditions = [column == named[name] for name, column in equal.items() if name in named]
    conditions += [column == named[name].upper() for name, column in upper.items() if name in named]
    if word := named.get("is_billable_metric_recurring"):
        conditions.append(BillableMetric.recurring.is_(read_flag("is_billable_metric_recurring", word)))
    return conditions
