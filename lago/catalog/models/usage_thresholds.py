"""Usage thresholds of plans: amounts of lifetime usage at which an invoice is made before the period ends."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lago.core.db import Base, Identified, Owned, SoftDeleted


class UsageThreshold(Identified, Owned, SoftDeleted, Base):
    """`amount_cents` of usage in the plan's currency; a recurring one is met again after each such amount (03 §7.2)."""

    __tablename__ = "usage_thresholds"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    amount_cents: Mapped[int]
    threshold_display_name: Mapped[str | None]
    recurring: Mapped[bool] = mapped_column(default=False)
