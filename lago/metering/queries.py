"""Reads of events (01 §1.10)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from lago.core.db import db
from lago.metering.models import Event
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class EventFilters:
    """What a list of events is narrowed to; both times are included, and None does not narrow."""

    code: str | None = None
    external_subscription_id: str | None = None
    timestamp_from: datetime | None = None
    timestamp_to: datetime | None = None


def event_by_transaction_id(organization_id: uuid.UUID, transaction_id: str) -> Event | None:
    """The event of that transaction; if several subscriptions have one, the newest."""
    query = select(Event).where(Event.organization_id == organization_id, Event.transaction_id == transaction_id)
    return db.session.scalars(query.order_by(Event.seq.desc()).limit(1)).first()


def list_events(organization_id: uuid.UUID, filters: EventFilters) -> Select[Any]:
    """Events, the latest timestamp first, of equal ones by their transaction id."""
    query = select(Event).where(Event.organization_id == organization_id)
    conditions = (
        (Event.code.__eq__, filters.code),
        (Event.external_subscription_id.__eq__, filters.external_subscription_id),
        (Event.timestamp.__ge__, filters.timestamp_from),
        (Event.timestamp.__le__, filters.timestamp_to),
    )
    query = query.where(*(compare(value) for compare, value in conditions if value))
    return query.order_by(Event.timestamp.desc(), Event.transaction_id, Event.seq)


def service_started_at(organization_id: uuid.UUID, external_subscription_id: str) -> datetime | None:
    """When the subscription of that external id started, of any status; of several the one that is not over, or ended
    last. One that is yet to start does not count."""
    query = select(Subscription.started_at).where(
        Subscription.organization_id == organization_id,
        Subscription.external_id == external_subscription_id,
        Subscription.started_at.is_not(None),
    )
    in_order = (Subscription.terminated_at.desc().nulls_first(), Subscription.started_at.desc())
    return db.session.scalars(query.order_by(*in_order).limit(1)).first()
