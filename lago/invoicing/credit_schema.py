"""Credits of an invoice as they are shown: what it has from progressive invoices and credit notes (04 §13)."""

from typing import Any

from marshmallow import Schema, fields

from lago.invoicing.models import CreditNote, Invoice, InvoiceCredit


class CreditSchema(Schema):
    """One credit on an invoice; currency and invoice are added by `credits_of`."""

    lago_id = fields.UUID(attribute="id")
    amount_cents = fields.Raw()
    before_taxes = fields.Raw()
    item = fields.Function(lambda credit: item_of(credit))


def credits_of(invoice: Invoice) -> list[dict[str, Any]]:
    """All credits of the invoice, in the order in which they were given."""
    on = {"lago_id": str(invoice.id), "payment_status": invoice.payment_status}
    rows = CreditSchema(many=True).dump(invoice.credits)
    return [{**row, "amount_currency": invoice.currency, "invoice": on} for row in rows]


def item_of(credit: InvoiceCredit) -> dict[str, Any] | None:
    """What it was drawn from."""
    if credit.progressive_invoice:
        return _of_invoice(credit.progressive_invoice)
    return _of_note(credit.credit_note) if credit.credit_note else None


def _of_invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "lago_item_id": str(invoice.id), "type": "invoice", "code": invoice.number, "name": invoice.number,
        "description": None,
    }


def _of_note(note: CreditNote) -> dict[str, Any]:
    """Its name is the number of the invoice that it credits."""
    return {
        "lago_item_id": str(note.id), "type": "credit_note", "code": note.number, "name": note.invoice.number,
        "description": note.description,
    }
