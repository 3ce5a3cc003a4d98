"""Usage by the day, kept so that no figure over months reads events."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lago.core.db import Base, Identified, Owned


class UsageOfDay(Identified, Owned, Base):
    """What one local day of a subscription brought of a metric: the usage at its end less that at the end of the day
    before, within the billing period. `amount_cents` before taxes."""

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
