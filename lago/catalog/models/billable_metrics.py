"""Billable metrics and their filters."""

import uuid

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.db import Base, Identified, Owned, SoftDeleted


class BillableMetric(Identified, Owned, SoftDeleted, Base):
    """How events of one code become units (01 §2)."""

    __tablename__ = "billable_metrics"

    name: Mapped[str]
    code: Mapped[str]
    description: Mapped[str | None]
    aggregation_type: Mapped[str]
    field_name: Mapped[str | None]
    recurring: Mapped[bool] = mapped_column(default=False)
    weighted_interval: Mapped[str | None]
    expression: Mapped[str | None]
    rounding_function: Mapped[str | None]
    rounding_precision: Mapped[int | None]

    filters: Mapped[list["BillableMetricFilter"]] = relationship(
        primaryjoin="and_(BillableMetricFilter.billable_metric_id == BillableMetric.id, "
        "BillableMetricFilter.deleted_at.is_(None))",
        order_by="BillableMetricFilter.key", viewonly=True, lazy="selectin",
    )

    __table_args__ = (
        Index(
            "uq_billable_metrics_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


class BillableMetricFilter(Identified, Owned, SoftDeleted, Base):
    """A property of events by whose text charges can be priced apart, and the texts that it may have (01 §2.4)."""

    __tablename__ = "billable_metric_filters"

    billable_metric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billable_metrics.id"))
    key: Mapped[str]
    values: Mapped[list[str]]

    __table_args__ = (
        Index(
            "uq_billable_metric_filters_key", "billable_metric_id", "key", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
