"""Invoices, what they cover, their fees and taxes, and their files."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import AddOn, BillableMetric, Charge, ChargeFilter, FixedCharge
from lago.core.db import Base, Identified, Owned
from lago.core.ids import new_id
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription

IN_ADVANCE_CHARGE = "in_advance_charge"
"""Why an invoice is made of the fee of a single event (04 §1.1)."""

IN_ADVANCE_CHARGE_PERIODIC = "in_advance_charge_periodic"
"""Why an invoice is made of fees that stood by themselves and were paid (02 §6.4)."""

AT_ONCE = (IN_ADVANCE_CHARGE, IN_ADVANCE_CHARGE_PERIODIC)
"""Reasons of lines that settle no period, and of invoices without a grace period."""

VISIBLE_STATUSES = ("draft", "finalized", "voided", "failed", "pending")


class AppliedTax(Identified, Owned):
    """A tax as it was applied: a copy, so that the document stays what it was."""

    tax_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("taxes.id"))
    tax_name: Mapped[str]
    tax_code: Mapped[str]
    tax_rate: Mapped[float]
    tax_description: Mapped[str | None]
    amount_cents: Mapped[int]


class InvoiceTax(AppliedTax, Base):
    """A tax as it was applied to an invoice (04 §6.4)."""

    __tablename__ = "invoice_taxes"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    fees_amount_cents: Mapped[int]


class FeeTax(AppliedTax, Base):
    """A tax as it was applied to a fee (04 §6.3)."""

    __tablename__ = "fee_taxes"

    fee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fees.id", ondelete="CASCADE"), index=True)
    precise_amount_cents: Mapped[Decimal] = mapped_column(Numeric(40, 15))


class InvoiceSubscription(Identified, Owned, Base):
    """What an invoice covers of a subscription: windows of the fee, of usage and of fixed charges (03 §4.2, §4.3)."""

    __tablename__ = "invoice_subscriptions"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"))
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    from_datetime: Mapped[datetime | None]
    to_datetime: Mapped[datetime | None]
    charges_from_datetime: Mapped[datetime | None]
    charges_to_datetime: Mapped[datetime | None]
    fixed_charges_from_datetime: Mapped[datetime | None]
    fixed_charges_to_datetime: Mapped[datetime | None]
    timestamp: Mapped[datetime]
    recurring: Mapped[bool]
    invoicing_reason: Mapped[str]
    regenerated: Mapped[bool] = mapped_column(default=False)

    subscription: Mapped[Subscription] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("invoice_id", "subscription_id", name="uq_invoice_subscriptions"),
        Index("ix_invoice_subscriptions_subscription", "subscription_id", "charges_from_datetime"),
        Index(
            "uq_invoice_subscriptions_usage", "subscription_id", "charges_from_datetime", "charges_to_datetime",
            unique=True, postgresql_where=text("recurring AND NOT regenerated"),
        ),
        Index(
            "uq_invoice_subscriptions_fixed", "subscription_id", "fixed_charges_from_datetime",
            "fixed_charges_to_datetime", unique=True, postgresql_where=text("recurring AND NOT regenerated"),
        ),
        *(
            Index(
                f"uq_invoice_subscriptions_{reason}", "subscription_id", unique=True,
                postgresql_where=text(f"invoicing_reason = '{reason}' AND NOT regenerated"),
            )
            for reason in ("subscription_starting", "subscription_terminating")
        ),
    )


class Fee(Identified, Owned, Base):
    """One line of an invoice. Cents are the charged amounts; `precise_*` what they were before rounding (02 §1.3)."""

    __tablename__ = "fees"

    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charges.id"))
    charge_filter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charge_filters.id"))
    billable_metric_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billable_metrics.id"))
    fixed_charge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fixed_charges.id"))
    add_on_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("add_ons.id"))
    true_up_parent_fee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fees.id"), index=True)
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
            "uq_fees_of_event", "event_transaction_id", "subscription_id", "charge_id", "charge_filter_id", unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("event_transaction_id IS NOT NULL AND deleted_at IS NULL"),
        ),
    )


class InvoiceMetadata(Identified, Owned, Base):
    """A note of key and value that the organization keeps on an invoice."""

    __tablename__ = "invoice_metadata"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"))
    key: Mapped[str]
    value: Mapped[str]

    __table_args__ = (UniqueConstraint("invoice_id", "key", name="uq_invoice_metadata_key"),)


class Invoice(Identified, Owned, Base):
    """A demand for payment; all amounts in cents of `currency` (04 §5). `number` ends in -DRAFT until finalized.

    Of drafts: `finalization_due_at` is the moment at which their grace period ends; `ready_to_be_refreshed`: what they
    were made of has changed since.
    """

    __tablename__ = "invoices"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    billing_entity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billing_entities.id"))
    invoice_type: Mapped[str]
    status: Mapped[str]
    payment_status: Mapped[str] = mapped_column(default="pending")
    tax_status: Mapped[str | None]
    number: Mapped[str]
    sequential_id: Mapped[int | None]
    billing_entity_sequential_id: Mapped[int | None]
    purchase_order_number: Mapped[str | None]
    issuing_date: Mapped[date | None] = mapped_column(Date)
    expected_finalization_date: Mapped[date | None] = mapped_column(Date)
    payment_due_date: Mapped[date | None] = mapped_column(Date)
    net_payment_term: Mapped[int]
    timezone: Mapped[str]
    currency: Mapped[str]
    fees_amount_cents: Mapped[int] = mapped_column(default=0)
    progressive_billing_credit_amount_cents: Mapped[int] = mapped_column(default=0)
    coupons_amount_cents: Mapped[int] = mapped_column(default=0)
    sub_total_excluding_taxes_amount_cents: Mapped[int] = mapped_column(default=0)
    taxes_amount_cents: Mapped[int] = mapped_column(default=0)
    sub_total_including_taxes_amount_cents: Mapped[int] = mapped_column(default=0)
    credit_notes_amount_cents: Mapped[int] = mapped_column(default=0)
    prepaid_credit_amount_cents: Mapped[int] = mapped_column(default=0)
    prepaid_granted_credit_amount_cents: Mapped[int | None]
    prepaid_purchased_credit_amount_cents: Mapped[int | None]
    total_amount_cents: Mapped[int] = mapped_column(default=0)
    total_paid_amount_cents: Mapped[int] = mapped_column(default=0)
    self_billed: Mapped[bool] = mapped_column(default=False)
    payment_overdue: Mapped[bool] = mapped_column(default=False)
    payment_dispute_lost_at: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    version_number: Mapped[int] = mapped_column(default=4)
    ready_to_be_refreshed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    finalization_due_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    billing_entity: Mapped[BillingEntity] = relationship(lazy="joined", innerjoin=True)
    applied_taxes: Mapped[list[InvoiceTax]] = relationship(order_by=InvoiceTax.seq, lazy="selectin")
    metadata_rows: Mapped[list[InvoiceMetadata]] = relationship(
        order_by=InvoiceMetadata.seq, lazy="selectin", cascade="all, delete-orphan"
    )
    fees: Mapped[list[Fee]] = relationship(
        primaryjoin="and_(Fee.invoice_id == Invoice.id, Fee.deleted_at.is_(None))", order_by=Fee.seq
    )
    invoice_subscriptions: Mapped[list[InvoiceSubscription]] = relationship(order_by=InvoiceSubscription.seq)

    __table_args__ = (
        Index("ix_invoices_listed", "organization_id", "issuing_date", "created_at", "seq"),
        Index("ix_invoices_customer", "customer_id", "seq"),
        Index("ix_invoices_drafts", "customer_id", postgresql_where=text("status = 'draft'")),
        Index(
            "ix_invoices_finalization_due", "organization_id", "finalization_due_at",
            postgresql_where=text("finalization_due_at IS NOT NULL"),
        ),
        Index(
            "uq_invoices_per_customer", "customer_id", "billing_entity_id", "sequential_id", unique=True,
            postgresql_where=text("sequential_id IS NOT NULL"),
        ),
        Index(
            "uq_invoices_per_entity", "billing_entity_id", "billing_entity_sequential_id", unique=True,
            postgresql_where=text("billing_entity_sequential_id IS NOT NULL"),
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


class InvoiceFile(Base):
    """A generated file of an invoice (`pdf`), kept in PostgreSQL so that any machine can serve it."""

    __tablename__ = "invoice_files"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
