"""A credit note is added to an invoice (04 §9.2, §9.4)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db
from lago.invoicing.credit_notes.amounts import Credited
from lago.invoicing.credit_notes.check import check_amounts
from lago.invoicing.credit_notes.issue import issue_credit_notes
from lago.invoicing.models import CreditNote, CreditNoteItem, CreditNoteTax, Fee, Invoice
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.pricing.credit_notes import CreditAmounts, CreditTax, Parts, adjusted, within
from lago.pricing.local_time import local_date
from lago.pricing.rounding import round_half_up


def add_credit_note(
    invoice: Invoice, items: Sequence[Credited], amounts: CreditAmounts, parts: Parts, **details: Any
) -> CreditNote:
    """Adds a note of these items and their amounts to an invoice, whose customer is locked.

    It is a draft as long as the invoice is one. `parts` are moved by 1 where they do not add up. `details`: `reason`,
    `description`, `automatic`, `notes`. Raises Invalid, and adds nothing, if the invoice does not give so much back.
    """
    limits = check_amounts(invoice, amounts, parts)
    note = _new(invoice, **details)
    note.items = [_item(note, item) for item in items]
    put_amounts(note, amounts, within(adjusted(parts, amounts), limits.refundable, limits.due))
    db.session.add(note)
    db.session.flush()
    if invoice.status != "draft":
        issue_credit_notes([note])
    return note


def put_amounts(note: CreditNote, amounts: CreditAmounts, parts: Parts) -> None:
    """Gives a note, of which nothing was used yet, its amounts and taxes."""
    note.total_amount_cents, note.balance_amount_cents = parts.total, parts.credit
    note.credit_amount_cents, note.refund_amount_cents = parts.credit, parts.refund
    note.offset_amount_cents, note.refund_status = parts.offset, "pending" if parts.refund else None
    for name in (
        "coupons_adjustment_amount_cents", "precise_coupons_adjustment_amount_cents",
        "sub_total_excluding_taxes_amount_cents", "taxes_amount_cents", "precise_taxes_amount_cents",
    ):
        setattr(note, name, getattr(amounts, name))
    note.taxes_rate = float(amounts.taxes_rate)
    named = named_taxes(note.invoice, [item.fee for item in note.items if item.fee])
    note.applied_taxes = [_tax(note, tax, named) for tax in amounts.taxes]


def number_of(invoice: Invoice, rank: int) -> str:
    """The number of the invoice with the note's rank on it (04 §3)."""
    return f"{invoice.number}-CN{rank:03}"


def named_taxes(invoice: Invoice, fees: Iterable[Fee]) -> dict[str, AppliedTax]:
    """The taxes of fees and invoice by their codes, named as on the invoice, else as on the fee."""
    of_fees: list[AppliedTax] = [tax for fee in fees for tax in fee.applied_taxes]
    return {tax.tax_code: tax for tax in [*of_fees, *invoice.applied_taxes]}


def _tax(note: CreditNote, tax: CreditTax, named: Mapping[str, AppliedTax]) -> CreditNoteTax:
    copied = ("tax_id", "tax_name", "tax_code", "tax_description")
    return CreditNoteTax(
        organization_id=note.organization_id, tax_rate=float(tax.tax.rate),
        base_amount_cents=tax.base_amount_cents, amount_cents=tax.amount_cents,
        **{name: getattr(named[tax.tax.code], name) for name in copied},
    )


def _new(invoice: Invoice, **details: Any) -> CreditNote:
    rank = 1 + (db.session.scalar(select(func.max(CreditNote.sequential_id)).filter_by(invoice_id=invoice.id)) or 0)
    return CreditNote(
        organization_id=invoice.organization_id, customer_id=invoice.customer_id, customer=invoice.customer,
        invoice_id=invoice.id, invoice=invoice, sequential_id=rank, number=number_of(invoice, rank), status="draft",
        credit_status="available", currency=invoice.currency, created_at=clock.now(),
        issuing_date=local_date(clock.now(), ZoneInfo(invoice.customer.applicable_timezone)), **details,
    )


def _item(note: CreditNote, item: Credited) -> CreditNoteItem:
    return CreditNoteItem(
        organization_id=note.organization_id, fee_id=item.fee.id, fee=item.fee,
        precise_amount_cents=item.precise_amount_cents, amount_cents=round_half_up(item.precise_amount_cents),
    )
