"""Whether an invoice gives back as much as a credit note says (04 §9.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from lago.core.db import db
from lago.core.errors import Invalid
from lago.invoicing.credit_notes.purchases import PURCHASE
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.pricing.credit_notes import CreditAmounts, Parts
from lago.pricing.rounding import double_to_decimal, round_half_up

_MORE = "higher_than_remaining_invoice_amount"
_TOLERANCE = 1
"""Cents that the rounding of several notes may come to."""


@dataclass(frozen=True)
class Limits:
    """Of an invoice: all its fees with taxes, without coupons (FT), and what its final notes gave back already."""

    invoice: Invoice
    fees_with_taxes: int
    before: Parts

    @property
    def left(self) -> int:
        """What is left for credits and offsets, which refunds don't lessen."""
        return self.fees_with_taxes - self.before.credit - self.before.offset

    @property
    def refundable(self) -> int:
        """What was paid and not paid back."""
        return max(0, self.invoice.total_paid_amount_cents - self.before.refund)

    @property
    def due(self) -> int:
        """What an offset can be taken off."""
        return max(0, self.invoice.total_due_amount_cents)


def check_amounts(invoice: Invoice, amounts: CreditAmounts, parts: Parts) -> Limits:
    """The limits of the invoice. Raises Invalid, with all that is wrong, if the parts are not what the items come to or
    more than is left."""
    limits = Limits(invoice, _fees_with_taxes(invoice), given_back(invoice))
    problems: dict[str, list[str]] = {}
    for field, code in _problems(limits, amounts, parts):
        problems.setdefault(field, []).append(code)
    if problems:
        raise Invalid(problems)
    return limits


def given_back(invoice: Invoice) -> Parts:
    """The sums of the invoice's final notes, voided ones included."""
    note = CreditNote
    columns = (note.credit_amount_cents, note.refund_amount_cents, note.offset_amount_cents)
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns))
    row = db.session.execute(query.where(note.invoice_id == invoice.id, note.status == "finalized")).one()
    return Parts(*map(int, row))


def _problems(limits: Limits, amounts: CreditAmounts, parts: Parts) -> Iterator[tuple[str, str]]:
    if abs(parts.total - amounts.requested_total_cents) > 1:
        yield "base", "does_not_match_item_amounts"
    if parts.refund:
        yield from (("refund_amount_cents", code) for code in _refund_problems(limits, parts.refund))
    if limits.invoice.invoice_type == PURCHASE:
        yield from _purchase_problems(limits.invoice, parts)
    if parts.credit > limits.left + _TOLERANCE:
        yield "credit_amount_cents", _MORE
    if parts.offset > max(0, min(limits.due, limits.left)):
        yield "offset_amount_cents", _MORE
    if parts.total > limits.fees_with_taxes - limits.before.total + _TOLERANCE:
        yield "base", _MORE
    if parts.total <= 0:
        yield "base", "total_amount_must_be_positive"


def _purchase_problems(invoice: Invoice, parts: Parts) -> Iterator[tuple[str, str]]:
    """Of prepaid credits there is no credit, and an offset only of all that is unpaid."""
    if parts.credit:
        yield "credit_amount_cents", "cannot_credit_invoice"
    if parts.offset and (invoice.payment_status == "succeeded" or invoice.total_paid_amount_cents):
        yield "offset_amount_cents", "cannot_apply_to_paid_invoice"
    elif parts.offset and parts.offset != invoice.total_amount_cents:
        yield "offset_amount_cents", "not_equal_to_total_amount"


def _refund_problems(limits: Limits, refund: int) -> Iterator[str]:
    invoice = limits.invoice
    paid, total = invoice.total_paid_amount_cents, invoice.total_amount_cents
    if paid <= 0 or (invoice.payment_status != "succeeded" and paid == total):
        yield "cannot_refund_unpaid_invoice"
    if refund > limits.refundable:
        yield _MORE


def _fees_with_taxes(invoice: Invoice) -> int:
    """One row for each rate, however many fees there are."""
    query = select(Fee.taxes_rate, func.sum(Fee.amount_cents)).where(
        Fee.invoice_id == invoice.id, Fee.deleted_at.is_(None)
    )
    rows = [(double_to_decimal(rate), int(cents)) for rate, cents in db.session.execute(query.group_by(Fee.taxes_rate))]
    taxes = sum((rate * cents for rate, cents in rows), Decimal(0)) / 100
    return sum(cents for _, cents in rows) + round_half_up(taxes)
