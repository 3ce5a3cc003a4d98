"""What can be sold: billable metrics, taxes, plans and their charges."""

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Numeric, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.organizations.models import BillingEntity


class Tax(Identified, Owned, SoftDeleted, Base):
    """A tax; `rate` in percent, a double as in the API (04 §0).

    `applied_to_organization` is what a client last set; whether the default billing entity has the tax is told
    by `billing_entities`, which a query has to ask for.
    """

    __tablename__ = "taxes"

    name: Mapped[str]
    code: Mapped[str]
    rate: Mapped[float]
    description: Mapped[str | None]
    auto_generated: Mapped[bool] = mapped_column(default=False)
    applied_to_organization: Mapped[bool] = mapped_column(default=False)

    billing_entities: Mapped[list[BillingEntity]] = relationship(
        secondary="billing_entity_taxes", order_by=BillingEntity.code
    )

    __table_args__ = (
        Index(
            "uq_taxes_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


def _tax_table(name: str, owner: str, owners: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column(owner, ForeignKey(f"{owners}.id", ondelete="CASCADE"), primary_key=True),
        Column("tax_id", ForeignKey("taxes.id", ondelete="CASCADE"), primary_key=True, index=True),
    )


billing_entity_taxes = _tax_table("billing_entity_taxes", "billing_entity_id", "billing_entities")
plan_taxes = _tax_table("plan_taxes", "plan_id", "plans")
charge_taxes = _tax_table("charge_taxes", "charge_id", "charges")


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


class Plan(Identified, Owned, SoftDeleted, Base):
    """A price list with a rhythm; `amount_cents` in units of `amount_currency` (03 §1).

    A plan with a parent is an override made for one subscription and shares its parent's code.
    """

    __tablename__ = "plans"

    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plans.id"), index=True)
    name: Mapped[str]
    invoice_display_name: Mapped[str | None]
    code: Mapped[str]
    description: Mapped[str | None]
    interval: Mapped[str]
    amount_cents: Mapped[int]
    amount_currency: Mapped[str]
    trial_period: Mapped[float | None]
    pay_in_advance: Mapped[bool]
    bill_charges_monthly: Mapped[bool | None]
    bill_fixed_charges_monthly: Mapped[bool | None]
    pending_deletion: Mapped[bool] = mapped_column(default=False)

    taxes: Mapped[list[Tax]] = relationship(secondary=plan_taxes, order_by=Tax.seq, lazy="selectin")
    charges: Mapped[list["Charge"]] = relationship(
        primaryjoin="and_(Charge.plan_id == Plan.id, Charge.deleted_at.is_(None))",
        order_by="Charge.seq", viewonly=True, lazy="selectin",
    )

    __table_args__ = (
        Index(
            "uq_plans_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL AND parent_id IS NULL"),
        ),
    )


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
    conversion_rate: Mapped[Decimal | None] = mapped_column(Numeric(40, 15))

    billable_metric: Mapped[BillableMetric] = relationship(lazy="joined", innerjoin=True)
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
