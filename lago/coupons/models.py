"""Coupons as they were applied to customers (04 §8.2)."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import Coupon
from lago.core.db import Base, Identified, Owned
from lago.customers.models import Customer


class AppliedCoupon(Identified, Owned, Base):
    """A coupon of a customer, with its own amount or rate, and how many more invoices it lasts (04 §8.2, §8.6)."""

    __tablename__ = "applied_coupons"

    coupon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coupons.id"), index=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str] = mapped_column(default="active")
    amount_cents: Mapped[int | None]
    amount_currency: Mapped[str | None]
    percentage_rate: Mapped[Decimal | None] = mapped_column(Numeric(10, 5))
    frequency: Mapped[str]
    frequency_duration: Mapped[int | None]
    frequency_duration_remaining: Mapped[int | None]
    terminated_at: Mapped[datetime | None]

    coupon: Mapped[Coupon] = relationship(lazy="joined", innerjoin=True)
    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("ix_applied_coupons_listed", "organization_id", "created_at", "seq"),
        Index("ix_applied_coupons_customer", "customer_id", "status"),
    )
