"""Coupons: what is taken off invoices, and of what (04 §8.1)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Index, Numeric, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models.billable_metrics import BillableMetric
from lago.catalog.models.plans import Plan
from lago.core.db import Base, Identified, Owned, SoftDeleted

coupon_plans = Table(
    "coupon_plans",
    Base.metadata,
    Column("coupon_id", ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True),
    Column("plan_id", ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True, index=True),
)

coupon_billable_metrics = Table(
    "coupon_billable_metrics",
    Base.metadata,
    Column("coupon_id", ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True),
    Column("billable_metric_id", ForeignKey("billable_metrics.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Coupon(Identified, Owned, SoftDeleted, Base):
    """A discount that can be applied to customers: a fixed amount or a percentage, once, for some invoices or forever.

    `expiration_due_at`: when it ends by itself, while it is active and has a time limit.
    """

    __tablename__ = "coupons"

    name: Mapped[str]
    code: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active")
    coupon_type: Mapped[str]
    amount_cents: Mapped[int | None]
    amount_currency: Mapped[str | None]
    percentage_rate: Mapped[Decimal | None] = mapped_column(Numeric(10, 5))
    frequency: Mapped[str]
    frequency_duration: Mapped[int | None]
    reusable: Mapped[bool] = mapped_column(default=True)
    expiration: Mapped[str]
    expiration_at: Mapped[datetime | None]
    expiration_due_at: Mapped[datetime | None]
    limited_plans: Mapped[bool] = mapped_column(default=False)
    limited_billable_metrics: Mapped[bool] = mapped_column(default=False)
    terminated_at: Mapped[datetime | None]

    plans: Mapped[list[Plan]] = relationship(secondary=coupon_plans, order_by=Plan.seq)
    billable_metrics: Mapped[list[BillableMetric]] = relationship(
        secondary=coupon_billable_metrics, order_by=BillableMetric.seq
    )

    __table_args__ = (
        Index(
            "uq_coupons_code", "organization_id", "code", unique=True, postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_coupons_expiration", "organization_id", "expiration_due_at",
            postgresql_where=text("expiration_due_at IS NOT NULL"),
        ),
    )
