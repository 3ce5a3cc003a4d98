"""Credits of an invoice as they are shown: what it has from progressive invoices, coupons and credit notes (04 §13)."""

import uuid
from typing import Any

from marshmallow import Schema, fields

from lago.coupons.models import AppliedCoupon
from lago.invoicing.models import CreditNote, Invoice, InvoiceCredit


class CreditSchema(Schema):
    """One credit on an invoice; currency and invoice are added by `credits_of`."""

    lago_id = fields.UUID(attribute="id")
    amount_cents = fields.Raw()
    before_taxes = fields.Raw()
    item = fields.Function(lambda credit: item_of(credit))


def credits_of(invoice: Invoice) -> list[dict[str, Any]]:
    """All credits of the invoice, in the order in which they were given."""
    return [shown_credit(one, invoice.id, invoice.currency, invoice.payment_status) for one in invoice.credits]


def shown_credit(credit: InvoiceCredit, invoice_id: uuid.UUID, currency: str, payment_status: str) -> dict[str, Any]:
    """One credit, on the invoice of that id, currency and payment status."""
    on = {"lago_id": str(invoice_id), "payment_status": payment_status}
    return {**CreditSchema().dump(credit), "amount_currency": currency, "invoice": on}


def item_of(credit: InvoiceCredit) -> dict[str, Any] | None:
    """What it was drawn from."""
    if credit.progressive_invoice:
        return _of_invoice(credit.progressive_invoice)
    if credit.applied_coupon:
        return _of_coupon(credit.applied_coupon)
    return _of_note(credit.credit_note) if credit.credit_note else None


def _of_invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "lago_item_id": str(invoice.id), "type": "invoice", "code": invoice.number, "name": invoice.number,
        "description": None,
    }


def _of_coupon(applied: AppliedCoupon) -> dict[str, Any]:
    coupon = applied.coupon
    return {
        "lago_item_id": str(coupon.id), "type": "coupon", "code": coupon.code, "name": coupon.name,
        "description": coupon.description,
    }


def _of_note(note: CreditNote) -> dict[str, Any]:
    """Its name is the number of the invoice that it credits."""
    return {
        "lago_item_id": str(note.id), "type": "credit_note", "code": note.number, "name": note.invoice.number,
        "description": note.description,
    }
