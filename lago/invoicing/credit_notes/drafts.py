"""Credit notes on drafts: they follow their invoice, and become final or vanish with it (04 §9.8, §2.4-6)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload, selectinload

from lago.core.db import db
from lago.invoicing.adjusted_fees import Key, key_of
from lago.invoicing.credit_notes.add import number_of, put_amounts
from lago.invoicing.credit_notes.amounts import Credited, amounts_of_draft
from lago.invoicing.credit_notes.issue import issue_credit_notes
from lago.invoicing.models import CreditNote, CreditNoteItem, Invoice
from lago.pricing.credit_notes import Parts
from lago.pricing.rounding import divide, round_half_up, round_to


@dataclass(frozen=True)
class DraftItem:
    """What was credited of a fee that a draft had: what that was for, and its amount."""

    item: CreditNoteItem
    key: Key | None
    fee_amount_cents: int


@dataclass(frozen=True)
class DraftNote:
    """A note on a draft, as it was before the draft's fees were deleted."""

    note: CreditNote
    items: Sequence[DraftItem]


def draft_notes(invoices: Collection[Invoice]) -> list[DraftNote]:
    """The notes on drafts that are about to be made anew. One set of queries for all."""
    query = _draft_notes(invoices).options(selectinload(CreditNote.items).selectinload(CreditNoteItem.fee))
    return [DraftNote(note, [_before(item) for item in note.items]) for note in db.session.scalars(query)]


def move_draft_notes(notes: Iterable[DraftNote]) -> None:
    """Has notes follow to the fees that their invoices have now, for the same thing: items in proportion, and the
    amounts with them. A fee that is not there any more gives nothing back."""
    for before in notes:
        note = before.note
        moved = [_moved(note.invoice, item) for item in before.items]
        for item, credited in zip(before.items, moved, strict=True):
            _put(item.item, credited)
        amounts = amounts_of_draft(note.invoice, [one for one in moved if one])
        total = amounts.requested_total_cents
        put_amounts(note, amounts, Parts(offset=total) if note.offset_amount_cents else Parts(credit=total))


def end_draft_notes(invoices: Collection[Invoice]) -> None:
    """Makes the notes on drafts that have just been finalized final, with numbers; those of closed invoices, and those
    that come to nothing, are deleted."""
    notes = db.session.scalars(_draft_notes(invoices)).all()
    for note in notes:
        note.number, note.status = number_of(note.invoice, note.sequential_id), "deleted"
    issue_credit_notes([note for note in notes if note.invoice.status == "finalized" and note.total_amount_cents])


def _draft_notes(invoices: Collection[Invoice]) -> Select[CreditNote]:
    ids = [invoice.id for invoice in invoices]
    query = select(CreditNote).where(CreditNote.invoice_id.in_(ids), CreditNote.status == "draft")
    return query.order_by(CreditNote.seq).options(lazyload(CreditNote.customer), lazyload(CreditNote.invoice))


def _before(item: CreditNoteItem) -> DraftItem:
    fee = item.fee
    return DraftItem(item, key_of(fee) if fee else None, fee.amount_cents if fee else 0)


def _moved(invoice: Invoice, before: DraftItem) -> Credited | None:
    fee = next((fee for fee in invoice.fees if key_of(fee) == before.key), None)
    if fee is None or not before.fee_amount_cents:
        return None
    precise = before.item.precise_amount_cents * fee.amount_cents
    return Credited(fee, round_to(divide(precise, Decimal(before.fee_amount_cents)), 5))


def _put(item: CreditNoteItem, moved: Credited | None) -> None:
    item.fee = moved.fee if moved else None
    item.precise_amount_cents = moved.precise_amount_cents if moved else Decimal(0)
    item.amount_cents = round_half_up(item.precise_amount_cents)
