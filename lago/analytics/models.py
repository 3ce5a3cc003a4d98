"""Usage by the day, kept so that no figure over months reads events."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lago.core.db import Base, Identified, Owned


class UsageOfDay(Identified, Owned, Base):
    """What one local day of a subscription brought of a metric: the usage at its end less that at the end of the day
    before, within the billing period (06 §5, decision 0017). `amount_cents` before taxes. Days without any have none.
    """

    __tablename__ = "usage_of_days"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    billable_metric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billable_metrics.id"))
    usage_date: Mapped[date]
    currency: Mapped[str]
    units: Mapped[Decimal]
    amount_cents: Mapped[int]

    __table_args__ = (
        UniqueConstraint("subscription_id", "billable_metric_id", "usage_date", name="uq_usage_of_days"),
        Index("ix_usage_of_days_listed", "organization_id", "usage_date"),
    )


class UsageDayMark(Owned, Base):
    """How far the days of a subscription are kept: all before `next_day`, a local date. `due_at`: when that day is over
    and falls due; null once the subscription has ended and its last day is kept."""

    __tablename__ = "usage_day_marks"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    next_day: Mapped[date]
    due_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_usage_day_marks_due", "organization_id", "due_at", postgresql_where=text("due_at IS NOT NULL")
        ),
    )
