"""The figures of the dashboard. Days and months are those of UTC."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import DateTime, Row, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import contains_eager, lazyload

from lago.core import clock
from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.browse import InvoiceFilter, browse_invoices
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.metering.models import Event
from lago.subscriptions.models import Subscription

RECENT = timedelta(minutes=5)
MOST_RECENT_EVENTS = 100_000
"""Recent events are counted among the last stored ones only, so that the figure costs the same at any size."""


def events_by_day(organization_id: uuid.UUID, days: Sequence[date]) -> dict[date, int]:
    """How many events happened on each of the days.

    One statement that counts day by day: each count reads its stretch of an index, where grouping would read the table.
    """
    starts = [datetime.combine(day, time.min, UTC) for day in days]
    start = func.unnest(cast(starts, ARRAY(DateTime(timezone=True)))).column_valued("start")
    counted = select(func.count()).where(
        Event.organization_id == organization_id,
        Event.timestamp >= start,
        Event.timestamp < start + timedelta(days=1),
    )
    rows = db.session.execute(select(start, counted.correlate_except(Event).scalar_subquery()))
    return {begun.astimezone(UTC).date(): number for begun, number in rows}


def recent_events(organization_id: uuid.UUID) -> int:
    """How many events came in within the last five minutes."""
    mine = Event.organization_id == organization_id
    last = select(func.max(Event.seq)).where(mine).scalar_subquery()
    query = select(func.count()).where(
        mine, Event.seq > last - MOST_RECENT_EVENTS, Event.created_at > clock.now() - RECENT
    )
    return db.session.scalar(query) or 0


def counts(organization_id: uuid.UUID) -> Row[int, int, int, int]:
    """`customers`, active `subscriptions`, visible `invoices`, and of these the finalized `unpaid` ones."""
    customers = select(func.count()).where(
        Customer.organization_id == organization_id, Customer.deleted_at.is_(None)
    )
    subscriptions = select(func.count()).where(
        Subscription.organization_id == organization_id, Subscription.status == "active"
    )
    invoices = select(func.count()).where(
        Invoice.organization_id == organization_id, Invoice.status.in_(VISIBLE_STATUSES)
    )
    unpaid = select(func.count()).where(
        Invoice.organization_id == organization_id,
        Invoice.status == "finalized",
        Invoice.payment_status != "succeeded",
    )
    return db.session.execute(
        select(
            customers.scalar_subquery().label("customers"),
            subscriptions.scalar_subquery().label("subscriptions"),
            invoices.scalar_subquery().label("invoices"),
            unpaid.scalar_subquery().label("unpaid"),
        )
    ).one()


def newest_invoices(organization_id: uuid.UUID, most: int) -> Sequence[Invoice]:
    """The newest visible invoices with their customers, and nothing else of them."""
    query = browse_invoices(organization_id, InvoiceFilter()).limit(most)
    return db.session.scalars(
        query.options(lazyload("*"), contains_eager(Invoice.customer).lazyload("*"))
    ).all()
