"""Fees: the lines of invoices, and what a person wants of those of drafts."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import AddOn, BillableMetric, Charge, ChargeFilter, FixedCharge
from lago.core.db import Base, Identified, Owned
from lago.core.ids import new_id
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.subscriptions.models import Subscription
from lago.wallets.models import WalletTransaction


class FeeTax(AppliedTax, Base):
    """A tax as it was applied to a fee (04 §6.3)."""

    __tablename__ = "fee_taxes"

    fee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fees.id", ondelete="CASCADE"), index=True)
    precise_amount_cents: Mapped[Decimal] = mapped_column(Numeric(40, 15))


class Fee(Identified, Owned, Base):
    """One line of an invoice. Cents are the charged amounts; `precise_*` what they were before rounding (02 §1.3).

    `original_fee_id`: of a copy on an invoice that was regenerated, the fee that was made first (04 §14).
    """

    __tablename__ = "fees"

    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charges.id"))
    charge_filter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charge_filters.id"))
    billable_metric_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billable_metrics.id"))
    fixed_charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fixed_charges.id"))
    add_on_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("add_ons.id"))
    wallet_transaction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wallet_transactions.id"), index=True)
    true_up_parent_fee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fees.id"), index=True)
    original_fee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fees.id"))
    event_transaction_id: Mapped[str | None]
    fee_type: Mapped[str]
    invoice_display_name: Mapped[str | None]
    description: Mapped[str | None]
    currency: Mapped[str]
    units: Mapped[Decimal]
    total_aggregated_units: Mapped[Decimal | None]
    events_count: Mapped[int | None]
    amount_cents: Mapped[int]
    precise_amount_cents: Mapped[Decimal] = mapped_column(Numeric(40, 15))
    unit_amount_cents: Mapped[int]
    precise_unit_amount: Mapped[Decimal] = mapped_column(Numeric(30, 15))
    precise_coupons_amount_cents: Mapped[Decimal] = mapped_column(Numeric(30, 5), default=Decimal(0))
    precise_credit_notes_amount_cents: Mapped[Decimal] = mapped_column(Numeric(30, 5), default=Decimal(0))
    taxes_amount_cents: Mapped[int] = mapped_column(default=0)
    taxes_precise_amount_cents: Mapped[Decimal] = mapped_column(Numeric(40, 15), default=Decimal(0))
    taxes_rate: Mapped[float] = mapped_column(default=0.0)
    pay_in_advance: Mapped[bool] = mapped_column(default=False)
    payment_status: Mapped[str] = mapped_column(default="pending")
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    amount_details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    grouped_by: Mapped[dict[str, Any]] = mapped_column(default=dict)
    presentation_breakdowns: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    pricing_unit_details: Mapped[dict[str, Any] | None]
    deleted_at: Mapped[datetime | None]

    charge: Mapped[Charge | None] = relationship(lazy="selectin")
    charge_filter: Mapped[ChargeFilter | None] = relationship(lazy="selectin")
    billable_metric: Mapped[BillableMetric | None] = relationship(lazy="selectin")
    fixed_charge: Mapped[FixedCharge | None] = relationship(lazy="selectin")
    add_on: Mapped[AddOn | None] = relationship(lazy="selectin")
    wallet_transaction: Mapped[WalletTransaction | None] = relationship(lazy="selectin")
    subscription: Mapped[Subscription | None] = relationship(lazy="selectin")
    applied_taxes: Mapped[list[FeeTax]] = relationship(order_by=FeeTax.seq, lazy="selectin")

    def __init__(self, **values: Any) -> None:
        """A new fee has its defaults at once: those of all kinds, with the same columns, go into one INSERT."""
        zero = Decimal(0)
        super().__init__(**{
            "id": new_id(), "precise_coupons_amount_cents": zero, "precise_credit_notes_amount_cents": zero,
            "taxes_amount_cents": 0, "taxes_precise_amount_cents": zero, "taxes_rate": 0.0, "pay_in_advance": False,
            "payment_status": "pending", "amount_details": {}, "properties": {}, "grouped_by": {},
            "presentation_breakdowns": [], **values,
        })

    __table_args__ = (
        Index("ix_fees_listed", "organization_id", "created_at", "seq"),
        Index("ix_fees_subscription", "subscription_id", "fee_type", "created_at"),
        Index(
            "ix_fees_paid", "subscription_id",
            postgresql_where=text("invoice_id IS NULL AND deleted_at IS NULL AND payment_status = 'succeeded'"),
        ),
        Index(
            "ix_fees_without_invoice", "organization_id", "created_at",
            postgresql_where=text("invoice_id IS NULL AND pay_in_advance AND deleted_at IS NULL"),
        ),
        Index("ix_fees_original", "original_fee_id", postgresql_where=text("original_fee_id IS NOT NULL")),
        Index(
            "uq_fees_of_one_event", "event_transaction_id", "subscription_id", "charge_id", "charge_filter_id",
            unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=text(
                "event_transaction_id IS NOT NULL AND deleted_at IS NULL AND original_fee_id IS NULL"
            ),
        ),
    )


class AdjustedFee(Identified, Owned, Base):
    """What a person wants of a fee of a draft, whenever that is made anew (02 §11).

    `kind`: `name` changes the display name alone, `units` has the units priced, `amount` takes units times
    `unit_precise_amount`, in currency units or in those of the charge. Fees are known by what they are for, as their
    ids change.
    """

    __tablename__ = "adjusted_fees"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    fee_type: Mapped[str]
    charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charges.id"))
    charge_filter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charge_filters.id"))
    fixed_charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fixed_charges.id"))
    grouped_by: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kind: Mapped[str]
    units: Mapped[Decimal | None]
    unit_precise_amount: Mapped[Decimal | None]
    invoice_display_name: Mapped[str | None]

    __table_args__ = (
        # A digest, because the texts of groups may be longer than an entry of an index.
        Index(
            "uq_adjusted_fees", "invoice_id", "subscription_id", "fee_type", "charge_id", "charge_filter_id",
            "fixed_charge_id", text("md5(grouped_by::text)"), unique=True, postgresql_nulls_not_distinct=True,
        ),
    )
