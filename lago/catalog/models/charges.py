"""Charges of plans: prices of metered usage, with prices of their own for parts of it."""

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models.billable_metrics import BillableMetric
from lago.catalog.models.pricing_units import PricingUnit
from lago.catalog.models.taxes import Tax, tax_table
from lago.core.db import Base, Identified, Owned, SoftDeleted

charge_taxes = tax_table("charge_taxes", "charge_id", "charges")


class Charge(Identified, Owned, SoftDeleted, Base):
    """The price of one billable metric in a plan (02 §2)."""

    __tablename__ = "charges"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charges.id"))
    billable_metric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billable_metrics.id"), index=True)
    code: Mapped[str]
    charge_model: Mapped[str]
    properties: Mapped[dict[str, Any]]
    invoice_display_name: Mapped[str | None]
    pay_in_advance: Mapped[bool] = mapped_column(default=False)
    invoiceable: Mapped[bool] = mapped_column(default=True)
    regroup_paid_fees: Mapped[str | None]
    prorated: Mapped[bool] = mapped_column(default=False)
    min_amount_cents: Mapped[int] = mapped_column(default=0)
    accepts_target_wallet: Mapped[bool] = mapped_column(default=False)
    pricing_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pricing_units.id"))
    conversion_rate: Mapped[Decimal | None] = mapped_column(Numeric(40, 15))

    billable_metric: Mapped[BillableMetric] = relationship(lazy="joined", innerjoin=True)
    pricing_unit: Mapped[PricingUnit | None] = relationship(lazy="joined")
    taxes: Mapped[list[Tax]] = relationship(secondary=charge_taxes, order_by=Tax.seq, lazy="selectin")
    filters: Mapped[list["ChargeFilter"]] = relationship(
        primaryjoin="and_(ChargeFilter.charge_id == Charge.id, ChargeFilter.deleted_at.is_(None))",
        order_by="(ChargeFilter.position, ChargeFilter.seq)", viewonly=True, lazy="selectin",
    )

    __table_args__ = (
        Index(
            "uq_charges_code", "plan_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


ALL_FILTER_VALUES = "__ALL_FILTER_VALUES__"
"""Alone in the list of a charge filter's key: whatever values the metric's filter has at the time (01 §3.3)."""


class ChargeFilter(Identified, Owned, SoftDeleted, Base):
    """A part of a charge's events with a price of its own (02 §2.6).

    `values`: for each filter key of the metric the texts that match, in the order in which they were given.
    `position`: rank of the filter among those of its charge by its last change, the oldest first.
    """

    __tablename__ = "charge_filters"

    charge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("charges.id"), index=True)
    invoice_display_name: Mapped[str | None]
    properties: Mapped[dict[str, Any]]
    values: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    position: Mapped[int]

    @property
    def display_name(self) -> str:
        """What documents call it: its own name, else all its values, a key standing for all of its (02 §2.6)."""
        names = ([key] if texts == [ALL_FILTER_VALUES] else texts for key, texts in self.values.items())
        return self.invoice_display_name or ", ".join(name for some in names for name in some)
