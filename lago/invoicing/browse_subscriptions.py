"""What the pages of subscriptions show of what was billed for them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select
from sqlalchemy.orm import aliased, lazyload

from lago.core.db import db
from lago.invoicing.models import (
    IN_ADVANCE_CHARGE,
    VISIBLE_STATUSES,
    CreditNote,
    CreditNoteItem,
    Fee,
    Invoice,
    InvoiceSubscription,
)

SHOWN_NOTES = ("draft", "finalized")


@dataclass(frozen=True)
class BilledLine:
    """What an invoice billed of a subscription. Cents before tax: `cents` of all its fees there, `fee_cents` of the
    subscription fee, None where that was not billed."""

    line: InvoiceSubscription
    invoice: Invoice
    cents: int
    fee_cents: int | None


@dataclass(frozen=True)
class CreditedNote:
    """A credit note on fees of a subscription, and the invoice that it is about."""

    note: CreditNote
    invoice: Invoice


def billed_lines(subscription_ids: Collection[uuid.UUID], most: int) -> list[BilledLine]:
    """What was billed of the subscriptions, the newest first; without what single events cost at once, of which there
    may be very many."""
    query = (
        select(InvoiceSubscription, Invoice, _sum(), _sum(Fee.fee_type == "subscription"))
        .join(Invoice, Invoice.id == InvoiceSubscription.invoice_id)
        .where(
            InvoiceSubscription.subscription_id.in_(subscription_ids), Invoice.status.in_(VISIBLE_STATUSES),
            not_(_is_of_events()),
        )
        .order_by(InvoiceSubscription.timestamp.desc(), InvoiceSubscription.seq.desc())
        .limit(most)
        .options(lazyload("*"))
    )
    return [
        BilledLine(line, invoice, int(cents or 0), None if fee_cents is None else int(fee_cents))
        for line, invoice, cents, fee_cents in db.session.execute(query)
    ]


def credit_notes_on(subscription_ids: Collection[uuid.UUID], most: int) -> list[CreditedNote]:
    """The credit notes on fees of the subscriptions, the newest first."""
    of_them = exists().where(
        CreditNoteItem.credit_note_id == CreditNote.id, Fee.id == CreditNoteItem.fee_id,
        Fee.subscription_id.in_(subscription_ids),
    )
    query = (
        select(CreditNote, Invoice)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(of_them, CreditNote.status.in_(SHOWN_NOTES))
        .order_by(CreditNote.created_at.desc(), CreditNote.seq.desc())
        .limit(most)
        .options(lazyload("*"))
    )
    return [CreditedNote(note, invoice) for note, invoice in db.session.execute(query)]


@dataclass(frozen=True)
class Documents:
    """Invoices and credit notes, in the order in which they were made."""

    invoices: Sequence[Invoice]
    credit_notes: Sequence[CreditNote]


@dataclass(frozen=True)
class Mark:
    """How far the documents of a customer went at some moment."""

    invoice_seq: int = 0
    credit_note_seq: int = 0


def mark(customer_id: uuid.UUID) -> Mark:
    """How far the customer's documents go now: while his lock is held, nobody else makes more of them."""
    return Mark(*(
        db.session.scalar(select(func.coalesce(func.max(kind.seq), 0)).where(kind.customer_id == customer_id))
        for kind in (Invoice, CreditNote)
    ))


def documents_since(customer_id: uuid.UUID, since: Mark) -> Documents:
    """The customer's documents that were made since then and are shown at all."""
    invoices = select(Invoice).where(
        Invoice.customer_id == customer_id, Invoice.seq > since.invoice_seq, Invoice.status.in_(VISIBLE_STATUSES)
    )
    notes = select(CreditNote).where(
        CreditNote.customer_id == customer_id, CreditNote.seq > since.credit_note_seq,
        CreditNote.status.in_(SHOWN_NOTES),
    )
    return Documents(
        db.session.scalars(invoices.order_by(Invoice.seq)).all(),
        db.session.scalars(notes.order_by(CreditNote.seq)).all(),
    )


def _sum(*conditions: ColumnElement[bool]) -> Any:
    """Cents of the fees of a line."""
    query: Select[Any] = select(func.sum(Fee.amount_cents)).where(
        Fee.invoice_id == InvoiceSubscription.invoice_id, Fee.subscription_id == InvoiceSubscription.subscription_id,
        Fee.deleted_at.is_(None), *conditions,
    )
    return query.correlate(InvoiceSubscription).scalar_subquery()


def _is_of_events() -> ColumnElement[bool]:
    """Whether the line bills events that are paid in advance, each by itself."""
    fee = aliased(Fee)
    of_usage = exists().where(fee.invoice_id == InvoiceSubscription.invoice_id, fee.fee_type == "charge")
    return and_(InvoiceSubscription.invoicing_reason == IN_ADVANCE_CHARGE, of_usage)
