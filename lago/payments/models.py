"""Payments, their receipts, payment requests, and the campaigns that make these (05 §2)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.customers.models import Customer
from lago.invoicing.models import Invoice


class DunningThreshold(Identified, Owned, Base):
    """How much must be overdue in a currency for a campaign to ask for it (05 §2.6)."""

    __tablename__ = "dunning_thresholds"

    dunning_campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dunning_campaigns.id", ondelete="CASCADE"))
    currency: Mapped[str]
    amount_cents: Mapped[int]

    __table_args__ = (UniqueConstraint("dunning_campaign_id", "currency", name="uq_dunning_thresholds_currency"),)


class DunningCampaign(Identified, Owned, SoftDeleted, Base):
    """How often, and from which amounts on, customers are asked to pay what is overdue (05 §2.6)."""

    __tablename__ = "dunning_campaigns"

    name: Mapped[str]
    code: Mapped[str]
    description: Mapped[str | None]
    bcc_emails: Mapped[list[str]] = mapped_column(default=list)
    days_between_attempts: Mapped[int] = mapped_column(default=1)
    max_attempts: Mapped[int] = mapped_column(default=1)

    thresholds: Mapped[list[DunningThreshold]] = relationship(
        order_by=DunningThreshold.seq, lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index(
            "uq_dunning_campaigns_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


class CustomerDunning(Identified, Owned, Base):
    """Where the dunning of a customer stands: attempts by currency, and when the last one was.

    `due_at`: when to look next; null while there is nothing to look for.
    """

    __tablename__ = "customer_dunnings"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"), unique=True)
    attempts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    last_attempt_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_customer_dunnings_due", "organization_id", "due_at", postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


class PaymentRequestInvoice(Identified, Owned, Base):
    """An invoice that a payment request asks for."""

    __tablename__ = "payment_request_invoices"

    payment_request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment_requests.id", ondelete="CASCADE"))
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"), index=True)

    invoice: Mapped[Invoice] = relationship()

    __table_args__ = (UniqueConstraint("payment_request_id", "invoice_id", name="uq_payment_request_invoices"),)


class PaymentRequest(Identified, Owned, Base):
    """Asks a customer to pay overdue invoices of one currency and billing entity together (05 §2.5).

    `amount_cents`: what was due when it was made. `dunning_campaign_id`: the campaign that made it.
    """

    __tablename__ = "payment_requests"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    dunning_campaign_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dunning_campaigns.id"))
    amount_cents: Mapped[int]
    amount_currency: Mapped[str]
    email: Mapped[str | None]
    payment_status: Mapped[str] = mapped_column(default="pending")
    payment_attempts: Mapped[int] = mapped_column(default=0)
    ready_for_payment_processing: Mapped[bool] = mapped_column(default=True)
    email_sent_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    dunning_campaign: Mapped[DunningCampaign | None] = relationship(lazy="selectin")
    applied_invoices: Mapped[list[PaymentRequestInvoice]] = relationship(
        order_by=PaymentRequestInvoice.seq, cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("ix_payment_requests_listed", "organization_id", "created_at", "seq"),
        Index("ix_payment_requests_customer", "customer_id", "created_at"),
    )


class Payment(Identified, Owned, Base):
    """Money for an invoice or for a payment request (05 §2.1).

    `status` is the provider's own word, `payment_status` ours. A payment recorded by hand has a `reference`.
    """

    __tablename__ = "payments"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    payment_request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment_requests.id"), index=True)
    amount_cents: Mapped[int]
    amount_currency: Mapped[str]
    status: Mapped[str]
    payment_status: Mapped[str | None]
    payment_type: Mapped[str]
    reference: Mapped[str | None]
    provider: Mapped[str | None]
    provider_code: Mapped[str | None]
    provider_payment_id: Mapped[str | None]
    provider_customer_id: Mapped[str | None]
    next_action: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None]

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    invoice: Mapped[Invoice | None] = relationship(lazy="selectin")
    payment_request: Mapped[PaymentRequest | None] = relationship(lazy="selectin")

    __table_args__ = (
        CheckConstraint(
            "(invoice_id IS NULL) <> (payment_request_id IS NULL)", name="ck_payments_payable"
        ),
        CheckConstraint("(payment_type = 'manual') = (reference IS NOT NULL)", name="ck_payments_reference"),
        CheckConstraint("amount_cents >= 0", name="ck_payments_amount"),
        Index("ix_payments_listed", "organization_id", "created_at", "seq"),
        Index("ix_payments_customer", "customer_id", "created_at"),
        Index(
            "uq_payments_running", "invoice_id", "payment_request_id", unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=text("payment_type = 'provider' AND payment_status IN ('pending', 'processing')"),
        ),
        Index(
            "uq_payments_provider", "provider", "provider_payment_id", unique=True,
            postgresql_where=text("provider_payment_id IS NOT NULL"),
        ),
    )


class PaymentReceipt(Identified, Owned, Base):
    """Confirms a payment to the customer; numbered for each customer without gaps (05 §2.7)."""

    __tablename__ = "payment_receipts"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id"), unique=True)
    sequential_id: Mapped[int]
    number: Mapped[str]

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("customer_id", "sequential_id", name="uq_payment_receipts_number"),
        Index("ix_payment_receipts_listed", "organization_id", "created_at", "seq"),
    )


class PaymentReceiptFile(Base):
    """A generated file of a receipt (`pdf`), kept in PostgreSQL so that any machine can serve it."""

    __tablename__ = "payment_receipt_files"

    payment_receipt_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("payment_receipts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
