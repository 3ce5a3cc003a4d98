"""Credit notes: what is given back of an invoice (04 §9)."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lago.core.db import Base, Identified, Owned
from lago.customers.models import Customer
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.invoicing.models.fees import Fee
from lago.invoicing.models.invoices import Invoice


class CreditNoteTax(AppliedTax, Base):
    """A tax as it is given back."""

    __tablename__ = "credit_note_taxes"

    credit_note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_notes.id", ondelete="CASCADE"), index=True)
    base_amount_cents: Mapped[int]


class CreditNoteItem(Identified, Owned, Base):
    """What is given back of one fee, before tax. Of a note on a draft the fee is another one after each refresh."""

    __tablename__ = "credit_note_items"

    credit_note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_notes.id", ondelete="CASCADE"), index=True)
    fee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fees.id", ondelete="SET NULL"), index=True)
    amount_cents: Mapped[int]
    precise_amount_cents: Mapped[Decimal] = mapped_column(Numeric(30, 5))

    fee: Mapped[Fee | None] = relationship()


class CreditNote(Identified, Owned, Base):
    """Amounts in cents of `currency`: the total is `credit` (for later invoices, `balance` is what is left of it), plus
    `refund` (paid back), plus `offset` (taken off what is due of its own invoice).

    `status`: draft, finalized or deleted; only finalized ones are shown. `automatic`: made by a termination, a plan
    change, a progressive invoice or a void. `notes`: what the client keeps on it as `metadata`.
    `has_xml`: whether its electronic form has been kept.
    """

    __tablename__ = "credit_notes"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"))
    sequential_id: Mapped[int]
    number: Mapped[str]
    status: Mapped[str]
    credit_status: Mapped[str]
    refund_status: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="other")
    description: Mapped[str | None]
    automatic: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str]
    issuing_date: Mapped[date] = mapped_column(Date)
    total_amount_cents: Mapped[int]
    credit_amount_cents: Mapped[int]
    refund_amount_cents: Mapped[int]
    offset_amount_cents: Mapped[int]
    balance_amount_cents: Mapped[int]
    coupons_adjustment_amount_cents: Mapped[int]
    precise_coupons_adjustment_amount_cents: Mapped[Decimal] = mapped_column(Numeric(30, 5))
    sub_total_excluding_taxes_amount_cents: Mapped[int]
    taxes_amount_cents: Mapped[int]
    precise_taxes_amount_cents: Mapped[Decimal] = mapped_column(Numeric(30, 5))
    taxes_rate: Mapped[float]
    refunded_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    notes: Mapped[dict[str, Any] | None] = mapped_column("metadata")

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    invoice: Mapped[Invoice] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list[CreditNoteItem]] = relationship(
        order_by=CreditNoteItem.seq, cascade="all, delete-orphan"
    )
    applied_taxes: Mapped[list[CreditNoteTax]] = relationship(
        order_by=CreditNoteTax.seq, cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("invoice_id", "sequential_id", name="uq_credit_notes_of_invoice"),
        CheckConstraint(
            "balance_amount_cents BETWEEN 0 AND credit_amount_cents", name="ck_credit_notes_balance"
        ),
        CheckConstraint(
            "total_amount_cents = credit_amount_cents + refund_amount_cents + offset_amount_cents"
            " AND credit_amount_cents >= 0 AND refund_amount_cents >= 0 AND offset_amount_cents >= 0",
            name="ck_credit_notes_total",
        ),
        Index("ix_credit_notes_listed", "organization_id", "created_at", "seq"),
        Index("ix_credit_notes_customer", "customer_id", "created_at", "seq"),
    )


class CreditNoteFile(Base):
    """A generated file of a credit note (`pdf`, `xml`), kept in PostgreSQL so that any machine can serve it."""

    __tablename__ = "credit_note_files"

    credit_note_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("credit_notes.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


CreditNote.has_xml = column_property(
    exists()
    .where(CreditNoteFile.credit_note_id == CreditNote.id, CreditNoteFile.kind == "xml")
    .correlate_except(CreditNoteFile)
)
