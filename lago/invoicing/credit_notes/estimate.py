"""What a credit note would come to (04 §9.5). Nothing is stored."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from lago.core.db import db
from lago.core.fields import plain
from lago.invoicing.credit_notes.add import named_taxes
from lago.invoicing.credit_notes.amounts import Credited, amounts_of, creditable_by_fee
from lago.invoicing.credit_notes.purchases import PURCHASE, check_paid_purchase
from lago.invoicing.credit_notes.requested import requested_invoice, requested_items
from lago.invoicing.models import CreditNote, Invoice
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.pricing.credit_note_limits import CreditableFee, available_to_credit, estimated, refundable_cents
from lago.pricing.credit_notes import CreditAmounts, CreditTax
from lago.pricing.rounding import double_to_decimal


def estimate_credit_note(organization_id: uuid.UUID, data: Mapping[str, Any]) -> dict[str, Any]:
    """The object of the answer. Raises as the making of a note does, for the invoice and its items."""
    invoice = requested_invoice(organization_id, data)
    check_paid_purchase(invoice)
    items = requested_items(invoice, data.get("items"))
    amounts = amounts_of(invoice, items)
    found = estimated(amounts)
    refundable = min(amounts.requested_total_cents, refundable_of(invoice))
    creditable = 0 if invoice.invoice_type == PURCHASE else found.creditable_cents
    return {
        "lago_invoice_id": str(invoice.id),
        "invoice_number": invoice.number,
        "currency": invoice.currency,
        "taxes_amount_cents": found.taxes_cents,
        "precise_taxes_amount_cents": plain(amounts.precise_taxes_amount_cents),
        "sub_total_excluding_taxes_amount_cents": amounts.sub_total_excluding_taxes_amount_cents,
        "max_creditable_amount_cents": creditable,
        "max_refundable_amount_cents": refundable,
        "max_offsettable_amount_cents": max(0, min(invoice.total_due_amount_cents, creditable)),
        "coupons_adjustment_amount_cents": amounts.coupons_adjustment_amount_cents,
        "precise_coupons_adjustment_amount_cents": plain(amounts.precise_coupons_adjustment_amount_cents),
        "taxes_rate": float(amounts.taxes_rate),
        "items": [_shown(item) for item in items],
        "applied_taxes": _taxes(invoice, items, amounts),
    }


def refundable_of(invoice: Invoice) -> int:
    """What of the invoice's payments can be paid back (04 §9.3)."""
    paid, total = invoice.total_paid_amount_cents, invoice.total_amount_cents
    if invoice.status == "draft" or (invoice.payment_status != "succeeded" and paid == total):
        return 0
    refunds = select(func.sum(CreditNote.refund_amount_cents)).where(
        CreditNote.invoice_id == invoice.id, CreditNote.status == "finalized"
    )
    return refundable_cents(paid, int(db.session.scalar(refunds) or 0), _left_of(invoice))


def creditable_of(invoice: Invoice) -> int:
    """All that later invoices can still be credited of it, with taxes; nothing of a purchase of credits (04 §9.3)."""
    return 0 if invoice.invoice_type == PURCHASE else _left_of(invoice)


def _left_of(invoice: Invoice) -> int:
    """All that the invoice can still give back, with taxes."""
    if invoice.status == "draft":
        return 0
    left = creditable_by_fee(invoice)
    fees = [CreditableFee(left[fee.id], double_to_decimal(fee.taxes_rate)) for fee in invoice.fees]
    discounts = invoice.coupons_amount_cents + invoice.progressive_billing_credit_amount_cents
    return available_to_credit(fees, invoice.fees_amount_cents, discounts)


def _shown(item: Credited) -> dict[str, Any]:
    return {"lago_fee_id": str(item.fee.id), "amount_cents": int(item.precise_amount_cents)}


def _taxes(invoice: Invoice, items: Sequence[Credited], amounts: CreditAmounts) -> list[dict[str, Any]]:
    named = named_taxes(invoice, [item.fee for item in items])
    return [_tax(named[tax.tax.code], tax, invoice.currency) for tax in amounts.taxes]


def _tax(named: AppliedTax, tax: CreditTax, currency: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("lago_id", "lago_credit_note_id", "created_at"))
    return {
        **nothing, "lago_tax_id": str(named.tax_id) if named.tax_id else None, "tax_name": named.tax_name,
        "tax_code": named.tax_code, "tax_rate": named.tax_rate, "tax_description": named.tax_description,
        "base_amount_cents": tax.base_amount_cents, "amount_cents": tax.amount_cents, "amount_currency": currency,
    }
