"""Usage events, as they were sent."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from lago.core import clock
from lago.core.db import Base
from lago.core.ids import new_id


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
