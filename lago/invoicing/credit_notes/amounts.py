"""What a credit note amounts to, by its items and the other notes of the invoice (04 §9.2, §9.4)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from lago.core.db import db
from lago.invoicing.credit_notes.purchases import left_of_purchase
from lago.invoicing.models import CreditNote, CreditNoteItem, Fee, Invoice
from lago.pricing.credit_notes import CreditAmounts, CreditItem, credit_amounts, creditable_cents, with_rounded_taxes
from lago.pricing.rounding import double_to_decimal
from lago.pricing.values import Line, Tax


@dataclass(frozen=True)
class Credited:
    """What is credited of a fee: cents before tax, with 5 decimals."""

    fee: Fee
    precise_amount_cents: Decimal


def amounts_of(invoice: Invoice, items: Sequence[Credited]) -> CreditAmounts:
    """The amounts of a new note; if it leaves nothing of the invoice, corrected by what the others rounded."""
    others = other_notes(invoice)
    rounded = sum((note.taxes_amount_cents - note.precise_taxes_amount_cents for note in others), Decimal(0))
    last = others and _leaves_nothing(invoice, items)
    return credit_amounts(priced(invoice, items), tax_rounded_before=rounded if last else Decimal(0))


def amounts_of_draft(invoice: Invoice, items: Sequence[Credited]) -> CreditAmounts:
    """The amounts of a note on a draft that was made anew: each tax rounded for itself (04 §9.8)."""
    return with_rounded_taxes(credit_amounts(priced(invoice, items)))


def priced(invoice: Invoice, items: Sequence[Credited]) -> list[CreditItem]:
    """The items as the arithmetic takes them; rates are those of the invoice's taxes."""
    rates = {tax.tax_code: tax.tax_rate for tax in invoice.applied_taxes}
    return [CreditItem(_line(item.fee, rates), item.precise_amount_cents) for item in items]


def credited_by_fee(fee_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What was credited of fees, in cents: items of voided and deleted notes count too (04 §9.2)."""
    item = CreditNoteItem
    query = select(item.fee_id, func.sum(item.amount_cents)).where(item.fee_id.in_(fee_ids)).group_by(item.fee_id)
    return {fee_id: int(cents) for fee_id, cents in db.session.execute(query) if fee_id}


def creditable_by_fee(invoice: Invoice) -> dict[uuid.UUID, int]:
    """What is left of each fee of the invoice to be credited, in cents before tax; of a purchase of credits no more
    than its wallet still has of it."""
    credited = credited_by_fee([fee.id for fee in invoice.fees])
    left = {fee.id: creditable_cents(fee.amount_cents, [credited.get(fee.id, 0)]) for fee in invoice.fees}
    in_wallet = left_of_purchase(invoice)
    return left if in_wallet is None else {fee_id: min(cents, in_wallet) for fee_id, cents in left.items()}


def other_notes(invoice: Invoice) -> Sequence[CreditNote]:
    """The notes that the invoice has already, but deleted ones."""
    query = select(CreditNote).where(CreditNote.invoice_id == invoice.id, CreditNote.status != "deleted")
    return db.session.scalars(query.order_by(CreditNote.seq)).all()


def _leaves_nothing(invoice: Invoice, items: Sequence[Credited]) -> bool:
    left = creditable_by_fee(invoice)
    for item, credited in zip(items, priced(invoice, items), strict=True):
        left[item.fee.id] = left.get(item.fee.id, 0) - credited.amount_cents
    return all(cents <= 0 for cents in left.values())


def _line(fee: Fee, rates: dict[str, float]) -> Line:
    taxes = tuple(
        Tax(tax.tax_code, double_to_decimal(rates.get(tax.tax_code, tax.tax_rate))) for tax in fee.applied_taxes
    )
    return Line(fee.amount_cents, fee.precise_amount_cents, taxes, fee.precise_coupons_amount_cents)
