"""Alerts on the usage of subscriptions, and what has set them off (03 §8)."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import BillableMetric
from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.subscriptions.models import Subscription


class Alert(Identified, Owned, SoftDeleted, Base):
    """Tells when a figure crosses thresholds (03 §8, 05 §1.16). It belongs to an external subscription id, through all
    its records, or to a wallet. `previous_value`: the figure when it was looked at last, at `last_processed_at`."""

    __tablename__ = "alerts"

    external_subscription_id: Mapped[str | None]
    wallet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wallets.id"))
    billable_metric_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billable_metrics.id"))
    alert_type: Mapped[str]
    code: Mapped[str]
    name: Mapped[str | None]
    direction: Mapped[str]
    previous_value: Mapped[Decimal] = mapped_column(Numeric, default=Decimal(0))
    last_processed_at: Mapped[datetime | None]

    billable_metric: Mapped[BillableMetric | None] = relationship(lazy="joined")
    thresholds: Mapped[list["AlertThreshold"]] = relationship(
        order_by="AlertThreshold.seq", lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index(
            "uq_alerts_wallet_code", "wallet_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL AND wallet_id IS NOT NULL"),
        ),
        Index(
            "uq_alerts_wallet_type", "wallet_id", "alert_type", unique=True,
            postgresql_where=text("deleted_at IS NULL AND wallet_id IS NOT NULL"),
        ),
        Index(
            "uq_alerts_code", "organization_id", "external_subscription_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL AND external_subscription_id IS NOT NULL"),
        ),
        Index(
            "uq_alerts_type", "organization_id", "external_subscription_id", "alert_type", "billable_metric_id",
            unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=text("deleted_at IS NULL AND external_subscription_id IS NOT NULL"),
        ),
    )


class AlertThreshold(Identified, Owned, Base):
    """A value of an alert; a recurring one is met again and again, step by step."""

    __tablename__ = "alert_thresholds"

    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    code: Mapped[str | None]
    value: Mapped[Decimal] = mapped_column(Numeric)
    recurring: Mapped[bool] = mapped_column(default=False)


class TriggeredAlert(Identified, Owned, Base):
    """An alert that went off, as it is told to the organization."""

    __tablename__ = "triggered_alerts"

    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alerts.id"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    wallet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wallets.id"))
    current_value: Mapped[Decimal] = mapped_column(Numeric)
    previous_value: Mapped[Decimal] = mapped_column(Numeric)
    crossed_thresholds: Mapped[list[Any]]
    triggered_at: Mapped[datetime]

    alert: Mapped[Alert] = relationship(lazy="joined", innerjoin=True)
    subscription: Mapped[Subscription | None] = relationship()
