"""Wallets of prepaid credits, their ledger, and the rules that fill them up (05 §1)."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import BillableMetric
from lago.core.db import Base, Identified, Owned
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity

Credits = Numeric(30, 5)
"""Credits are kept with five decimals (05 §1.1)."""


class WalletTarget(Identified, Owned, Base):
    """A metric whose usage a wallet may pay (05 §1.11)."""

    __tablename__ = "wallet_targets"

    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id", ondelete="CASCADE"))
    billable_metric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billable_metrics.id"), index=True)

    billable_metric: Mapped[BillableMetric] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("wallet_id", "billable_metric_id", name="uq_wallet_targets"),)


class RecurringTransactionRule(Identified, Owned, Base):
    """Fills up a wallet at intervals, or whenever its ongoing balance falls to a threshold (05 §1.13).

    `top_up_due_at`: 00:00 of the next local date on which an interval is served, while the rule and its wallet are
    active. `expiration_due_at`: when it ends by itself, while it is active.
    """

    __tablename__ = "recurring_transaction_rules"

    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(default="active")
    trigger: Mapped[str]
    method: Mapped[str] = mapped_column(default="fixed")
    interval: Mapped[str | None]
    paid_credits: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    granted_credits: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    threshold_credits: Mapped[Decimal | None] = mapped_column(Credits)
    target_ongoing_balance: Mapped[Decimal | None] = mapped_column(Credits)
    grants_target_top_up: Mapped[bool | None]
    started_at: Mapped[datetime | None]
    expiration_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]
    invoice_requires_successful_payment: Mapped[bool] = mapped_column(default=False)
    ignore_paid_top_up_limits: Mapped[bool] = mapped_column(default=False)
    transaction_name: Mapped[str | None]
    transaction_metadata: Mapped[list[Any]] = mapped_column(default=list)
    purchase_order_number: Mapped[str | None]
    payment_method_type: Mapped[str] = mapped_column(default="provider")
    payment_method_id: Mapped[uuid.UUID | None]
    skip_invoice_custom_sections: Mapped[bool] = mapped_column(default=False)
    top_up_due_at: Mapped[datetime | None]
    expiration_due_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_recurring_transaction_rules_top_up", "organization_id", "top_up_due_at",
            postgresql_where=text("top_up_due_at IS NOT NULL"),
        ),
        Index(
            "ix_recurring_transaction_rules_expiration", "organization_id", "expiration_due_at",
            postgresql_where=text("expiration_due_at IS NOT NULL"),
        ),
    )


class Wallet(Identified, Owned, Base):
    """Prepaid credits of a customer in one currency; `rate_amount`: what a credit is worth in units of it (05 §1.2).

    `balance_cents` and `credits_balance` are the sum of the settled rows of its ledger, `wallet_transactions`: a
    trigger of the database keeps them so, and lets nobody else write them. The `ongoing` amounts are what would be
    left if the running period were billed now, as of the last refresh (05 §1.12).
    """

    __tablename__ = "wallets"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    billing_entity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billing_entities.id"))
    status: Mapped[str] = mapped_column(default="active")
    currency: Mapped[str]
    name: Mapped[str | None]
    code: Mapped[str]
    priority: Mapped[int] = mapped_column(default=50)
    rate_amount: Mapped[Decimal] = mapped_column(Numeric(30, 5))
    purchase_order_number: Mapped[str | None]
    balance_cents: Mapped[int] = mapped_column(default=0)
    credits_balance: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    ongoing_usage_balance_cents: Mapped[int] = mapped_column(default=0)
    credits_ongoing_usage_balance: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    ongoing_balance_cents: Mapped[int] = mapped_column(default=0)
    credits_ongoing_balance: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    consumed_credits: Mapped[Decimal] = mapped_column(Credits, default=Decimal(0))
    consumed_amount_cents: Mapped[int] = mapped_column(default=0)
    depleted_ongoing_balance: Mapped[bool] = mapped_column(default=False)
    traceable: Mapped[bool] = mapped_column(default=True)
    last_balance_sync_at: Mapped[datetime | None]
    last_consumed_credit_at: Mapped[datetime | None]
    last_ongoing_balance_sync_at: Mapped[datetime | None]
    expiration_at: Mapped[datetime | None]
    expiration_due_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]
    invoice_requires_successful_payment: Mapped[bool] = mapped_column(default=False)
    paid_top_up_min_amount_cents: Mapped[int | None]
    paid_top_up_max_amount_cents: Mapped[int | None]
    allowed_fee_types: Mapped[list[str]] = mapped_column(default=list)
    metadata_pairs: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    payment_method_type: Mapped[str] = mapped_column(default="provider")
    payment_method_id: Mapped[uuid.UUID | None]
    skip_invoice_custom_sections: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    billing_entity: Mapped[BillingEntity | None] = relationship(lazy="joined")
    targets: Mapped[list[WalletTarget]] = relationship(
        order_by=WalletTarget.seq, lazy="selectin", cascade="all, delete-orphan"
    )
    rules: Mapped[list[RecurringTransactionRule]] = relationship(
        primaryjoin=(
            "and_(RecurringTransactionRule.wallet_id == Wallet.id, RecurringTransactionRule.status == 'active')"
        ),
        order_by=RecurringTransactionRule.seq, lazy="selectin",
    )

    __table_args__ = (
        CheckConstraint("NOT traceable OR balance_cents >= 0", name="ck_wallets_balance"),
        Index(
            "uq_wallets_code", "customer_id", "code", unique=True, postgresql_where=text("status = 'active'"),
        ),
        Index("ix_wallets_customer", "customer_id", "priority", "created_at"),
        Index("ix_wallets_listed", "organization_id", "created_at", "seq"),
        Index(
            "ix_wallets_expiration", "organization_id", "expiration_due_at",
            postgresql_where=text("expiration_due_at IS NOT NULL"),
        ),
    )


class WalletTransaction(Identified, Owned, Base):
    """A row of a wallet's ledger: credits that come in or go out (05 §1.7). It counts once it is settled.

    `invoice_id`: of a purchase the top-up invoice, of a consumption the invoice that was paid.
    `remaining_amount_cents`: what later ones have left of settled credits of a traceable wallet. `rule_id` and
    `rule_date`: the rule, and the local date of its interval, that made it.
    """

    __tablename__ = "wallet_transactions"

    wallet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallets.id"))
    transaction_type: Mapped[str]
    transaction_status: Mapped[str]
    status: Mapped[str]
    source: Mapped[str] = mapped_column(default="manual")
    amount_cents: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Credits)
    credit_amount: Mapped[Decimal] = mapped_column(Credits)
    remaining_amount_cents: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=50)
    billing_entity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billing_entities.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    credit_note_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("credit_notes.id"))
    voided_invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"))
    rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("recurring_transaction_rules.id"))
    rule_date: Mapped[date | None] = mapped_column(Date)
    name: Mapped[str | None]
    purchase_order_number: Mapped[str | None]
    metadata_pairs: Mapped[list[Any]] = mapped_column("metadata", default=list)
    invoice_requires_successful_payment: Mapped[bool] = mapped_column(default=False)
    payment_method_type: Mapped[str] = mapped_column(default="provider")
    payment_method_id: Mapped[uuid.UUID | None]
    skip_invoice_custom_sections: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    wallet: Mapped[Wallet] = relationship(lazy="joined", innerjoin=True)
    billing_entity: Mapped[BillingEntity] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="ck_wallet_transactions_amount"),
        CheckConstraint(
            "remaining_amount_cents BETWEEN 0 AND amount_cents", name="ck_wallet_transactions_remaining"
        ),
        CheckConstraint(
            "remaining_amount_cents IS NULL OR (status = 'settled' AND transaction_type = 'inbound')",
            name="ck_wallet_transactions_traced",
        ),
        Index("ix_wallet_transactions_wallet", "wallet_id", "created_at", "seq"),
        Index(
            "ix_wallet_transactions_remaining", "wallet_id", "priority", "created_at",
            postgresql_where=text("remaining_amount_cents > 0"),
        ),
        Index("ix_wallet_transactions_pending", "wallet_id", postgresql_where=text("status = 'pending'")),
        Index(
            "uq_wallet_transactions_rule", "rule_id", "rule_date", "transaction_status", unique=True,
            postgresql_where=text("rule_date IS NOT NULL"),
        ),
        Index(
            "uq_wallet_transactions_invoiced", "invoice_id", "wallet_id", unique=True,
            postgresql_where=text("transaction_status = 'invoiced'"),
        ),
    )


class WalletConsumption(Identified, Owned, Base):
    """How many cents of incoming credits an outgoing transaction has used up (05 §1.14)."""

    __tablename__ = "wallet_consumptions"

    inbound_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallet_transactions.id"), index=True)
    outbound_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wallet_transactions.id"), index=True)
    amount_cents: Mapped[int]

    inbound: Mapped[WalletTransaction] = relationship(foreign_keys=[inbound_id])
    outbound: Mapped[WalletTransaction] = relationship(foreign_keys=[outbound_id])

    __table_args__ = (CheckConstraint("amount_cents > 0", name="ck_wallet_consumptions_amount"),)
