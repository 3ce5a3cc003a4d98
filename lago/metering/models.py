"""Usage events as they were sent, and what is kept of their aggregation between events and periods."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lago.core import clock
from lago.core.db import Base, Identified, Owned
from lago.core.ids import new_id
from lago.metering.alert_models import Alert, AlertThreshold, TriggeredAlert

__all__ = [
    "Alert", "AlertThreshold", "CachedAggregation", "CarriedLevel", "Event", "EventCheck", "EventErrorReport",
    "EventNews", "LifetimeUsage", "TriggeredAlert",
]


class Event(Base):
    """One event. Which subscription it counts for is decided when it is read (01 §1.8), so it refers to none.

    The key leads with the organization so that its newest events are found without an index of their own.
    `timestamp` is when the usage happened; `created_at` when we were told.
    """

    __tablename__ = "events"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(default=new_id)
    transaction_id: Mapped[str]
    external_subscription_id: Mapped[str | None]
    code: Mapped[str]
    timestamp: Mapped[datetime]
    precise_total_amount_cents: Mapped[Decimal | None] = mapped_column(Numeric(40, 15))
    properties: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        Index(
            "uq_events_transaction", "organization_id", "transaction_id", "external_subscription_id", unique=True
        ),
        Index("ix_events_usage", "organization_id", "external_subscription_id", "code", "timestamp"),
        Index("ix_events_listed", "organization_id", "timestamp", "transaction_id"),
    )


class EventNews(Base):
    """An event that someone has to look at soon after it was stored, such as one that is billed at once.

    A row per event, a job per subscription: whoever has looked deletes the rows (design §3-3).
    """

    __tablename__ = "event_news"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    event_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    external_subscription_id: Mapped[str]

    __table_args__ = (
        Index("ix_event_news_subscription", "organization_id", "external_subscription_id", "event_seq"),
    )


class _OfBucket(Identified, Owned):
    """What is kept of one filter's bucket (None: the default one) and one group of a charge, as of `timestamp`."""

    external_subscription_id: Mapped[str]
    charge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("charges.id"))
    charge_filter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charge_filters.id"))
    grouped_by: Mapped[dict[str, Any]]
    timestamp: Mapped[datetime]


class CachedAggregation(_OfBucket, Base):
    """Where the units of a charge in advance stood after an event: they are billed as their peak grows (01 §3.9)."""

    __tablename__ = "cached_aggregations"

    event_transaction_id: Mapped[str]
    current: Mapped[Decimal]
    max: Mapped[Decimal]
    max_prorated: Mapped[Decimal]

    __table_args__ = (
        Index("ix_cached_aggregations", "organization_id", "external_subscription_id", "charge_id", "timestamp"),
    )


class CarriedLevel(_OfBucket, Base):
    """The level at which a recurring weighted sum ended a period, for the next one to begin with (01 §3.6)."""

    __tablename__ = "carried_levels"

    level: Mapped[Decimal]

    __table_args__ = (
        # A digest, because the texts of groups may be longer than an entry of an index.
        Index(
            "uq_carried_levels", "organization_id", "external_subscription_id", "charge_id", "charge_filter_id",
            text("md5(grouped_by::text)"), "timestamp", unique=True, postgresql_nulls_not_distinct=True,
        ),
    )


class LifetimeUsage(Identified, Owned, Base):
    """What a subscription has used in all, in cents of its plan's currency (01 §4.5).

    `historical`: used before it was ours to count, as the client says. The other two are computed while the
    subscription is active, and kept here when it ends. The record goes over to the successor (03 §7.1).
    """

    __tablename__ = "lifetime_usages"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), unique=True)
    historical_usage_amount_cents: Mapped[int] = mapped_column(default=0)
    invoiced_usage_amount_cents: Mapped[int] = mapped_column(default=0)
    current_usage_amount_cents: Mapped[int] = mapped_column(default=0)


class EventCheck(Base):
    """How far an organization's events have been looked through for errors (01 §1.9): `checked_seq` of `events`."""

    __tablename__ = "event_checks"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    checked_through: Mapped[datetime]
    checked_seq: Mapped[int] = mapped_column(BigInteger, default=0)


class EventErrorReport(Identified, Owned, Base):
    """The errors among the events of one hour, as they are told to the organization (01 §1.9)."""

    __tablename__ = "event_error_reports"

    starts_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("organization_id", "starts_at", name="uq_event_error_reports"),)
