"""Invoices, what they cover, what was credited on them, their taxes, notes and files."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, UniqueConstraint, exists, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lago.core.db import Base, Identified, Owned
from lago.core.search import index_of_beginnings
from lago.coupons.models import AppliedCoupon
from lago.customers.models import Customer
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.invoicing.models.custom_sections import AppliedCustomSection
from lago.invoicing.models.fees import Fee
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription

if TYPE_CHECKING:
    from lago.invoicing.models.credit_notes import CreditNote

IN_ADVANCE_CHARGE = "in_advance_charge"
"""Why an invoice is made of the fee of a single event (04 §1.1)."""

IN_ADVANCE_CHARGE_PERIODIC = "in_advance_charge_periodic"
"""Why an invoice is made of fees that stood by themselves and were paid (02 §6.4)."""

PROGRESSIVE_BILLING = "progressive_billing"
"""Why an invoice is made inside of a period, of usage that has reached a threshold; also its type (03 §7.4)."""

ONE_OFF = "one_off"
"""The type of invoices of add-ons, made by hand (04 §10)."""

ADVANCE_CHARGES = "advance_charges"
"""The type of invoices that collect fees which are paid already (02 §6.4)."""

AT_ONCE = (IN_ADVANCE_CHARGE, IN_ADVANCE_CHARGE_PERIODIC, PROGRESSIVE_BILLING)
"""Reasons of lines that settle no period, and of invoices without a grace period."""

VISIBLE_STATUSES = ("draft", "finalized", "voided", "failed", "pending")


class InvoiceTax(AppliedTax, Base):
    """A tax as it was applied to an invoice (04 §6.4)."""

    __tablename__ = "invoice_taxes"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    fees_amount_cents: Mapped[int]


class InvoiceSubscription(Identified, Owned, Base):
    """What an invoice covers of a subscription: windows of the fee, of usage and of fixed charges (03 §4.2, §4.3).

    Starting lines: one for the start, one for the end of a trial.
    """

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
        Index(
            "uq_invoice_subscriptions_subscription_starting", "subscription_id", "timestamp", unique=True,
            postgresql_where=text("invoicing_reason = 'subscription_starting' AND NOT regenerated"),
        ),
        Index(
            "uq_invoice_subscriptions_subscription_terminating", "subscription_id", unique=True,
            postgresql_where=text("invoicing_reason = 'subscription_terminating' AND NOT regenerated"),
        ),
    )


class InvoiceMetadata(Identified, Owned, Base):
    """A note of key and value that the organization keeps on an invoice."""

    __tablename__ = "invoice_metadata"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"))
    key: Mapped[str]
    value: Mapped[str]

    __table_args__ = (
        UniqueConstraint("invoice_id", "key", name="uq_invoice_metadata_key", deferrable=True, initially="DEFERRED"),
    )


class InvoiceCredit(Identified, Owned, Base):
    """What an invoice has from something else: from an earlier progressive invoice or a coupon, before taxes, or from
    a credit note, after them (04 §5: S2, S3, S6)."""

    __tablename__ = "invoice_credits"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    progressive_invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    credit_note_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credit_notes.id"), index=True)
    applied_coupon_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("applied_coupons.id"), index=True)
    amount_cents: Mapped[int]
    before_taxes: Mapped[bool]

    progressive_invoice: Mapped["Invoice | None"] = relationship(foreign_keys=[progressive_invoice_id])
    credit_note: Mapped["CreditNote | None"] = relationship(lazy="selectin")
    applied_coupon: Mapped[AppliedCoupon | None] = relationship(lazy="selectin")


class AppliedUsageThreshold(Identified, Owned, Base):
    """A usage threshold that a progressive invoice was made for, as it was then (03 §7.4)."""

    __tablename__ = "applied_usage_thresholds"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    usage_threshold_id: Mapped[uuid.UUID]
    amount_cents: Mapped[int]
    threshold_display_name: Mapped[str | None]
    recurring: Mapped[bool]
    threshold_created_at: Mapped[datetime]
    threshold_updated_at: Mapped[datetime]
    lifetime_usage_amount_cents: Mapped[int]


class Invoice(Identified, Owned, Base):
    """A demand for payment; all amounts in cents of `currency` (04 §5). `number` ends in -DRAFT until finalized.

    `offset_amount_cents`: what finalized credit notes take off what is due. `progressive_key`: what makes a second
    progressive invoice for the same usage and threshold impossible (03 §7.4).
    Of drafts: `finalization_due_at` is the moment at which their grace period ends; `ready_to_be_refreshed`: what they
    were made of has changed since.
    `has_xml`: whether its electronic form has been kept.
    `overdue_due_at`: 00:00 UTC of the day on which it becomes overdue, while it is to be paid (05 §2.4).
    `voided_invoice_id`: the one that it was made for again, of which there is no second (04 §14).
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
    payment_attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    ready_for_payment_processing: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    skip_psp: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    offset_amount_cents: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    self_billed: Mapped[bool] = mapped_column(default=False)
    payment_overdue: Mapped[bool] = mapped_column(default=False)
    overdue_due_at: Mapped[datetime | None]
    payment_dispute_lost_at: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    voided_invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"))
    version_number: Mapped[int] = mapped_column(default=4)
    ready_to_be_refreshed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    finalization_due_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progressive_key: Mapped[str | None]

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
    credits: Mapped[list[InvoiceCredit]] = relationship(
        foreign_keys=InvoiceCredit.invoice_id, order_by=InvoiceCredit.seq, cascade="all, delete-orphan"
    )
    applied_usage_thresholds: Mapped[list[AppliedUsageThreshold]] = relationship(order_by=AppliedUsageThreshold.seq)
    custom_sections: Mapped[list[AppliedCustomSection]] = relationship(
        order_by=AppliedCustomSection.seq, cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("uq_invoices_progressive", "organization_id", "progressive_key", unique=True),
        Index(
            "uq_invoices_regenerated", "voided_invoice_id", unique=True,
            postgresql_where=text("voided_invoice_id IS NOT NULL"),
        ),
        Index("ix_invoices_listed", "organization_id", "issuing_date", "created_at", "seq"),
        index_of_beginnings("invoices", "number"),
        Index(
            "ix_invoices_earned", "organization_id", "issuing_date", postgresql_include=[
                "customer_id", "billing_entity_id", "currency", "payment_status", "total_amount_cents",
            ], postgresql_where=text(
                "status = 'finalized' AND self_billed IS FALSE AND payment_dispute_lost_at IS NULL"
            ),
        ),
        Index("ix_invoices_customer", "customer_id", "seq"),
        Index("ix_invoices_drafts", "customer_id", postgresql_where=text("status = 'draft'")),
        Index(
            "ix_invoices_finalization_due", "organization_id", "finalization_due_at",
            postgresql_where=text("finalization_due_at IS NOT NULL"),
        ),
        Index(
            "ix_invoices_overdue_due", "organization_id", "overdue_due_at",
            postgresql_where=text("overdue_due_at IS NOT NULL"),
        ),
        Index("ix_invoices_overdue", "customer_id", postgresql_where=text("payment_overdue")),
        Index(
            "ix_invoices_overdue_since", "organization_id", "payment_due_date", postgresql_where=text("payment_overdue")
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

    @property
    def total_due_amount_cents(self) -> int:
        """What is left to pay (04 §5)."""
        if self.status == "voided":
            return 0
        return self.total_amount_cents - self.total_paid_amount_cents - self.offset_amount_cents


class InvoiceFile(Base):
    """A generated file of an invoice (`pdf`, `xml`), kept in PostgreSQL so that any machine can serve it."""

    __tablename__ = "invoice_files"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


Invoice.has_xml = column_property(
    exists().where(InvoiceFile.invoice_id == Invoice.id, InvoiceFile.kind == "xml").correlate_except(InvoiceFile)
)
