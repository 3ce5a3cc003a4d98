"""Credit notes as the API and webhooks show them (04 §9.6)."""

import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.fields import Exact, Moment
from lago.customers.schemas import CustomerSchema
from lago.invoicing.credit_notes.file import credit_note_url
from lago.invoicing.einvoicing.links import xml_url
from lago.invoicing.fee_schema import FeeSchema
from lago.invoicing.models import CreditNote

PARTS = ("customer", "items", "applied_taxes", "error_details")
PARTS_OF_WEBHOOK = ("customer", "items", "applied_taxes")
PARTS_OF_GENERATED_WEBHOOK = ("customer",)


class CreditNoteTaxSchema(Schema):
    """A tax that is given back."""

    lago_id = fields.UUID(attribute="id")
    lago_credit_note_id = fields.UUID(attribute="credit_note_id")
    lago_tax_id = fields.UUID(attribute="tax_id")
    tax_name = fields.Raw()
    tax_code = fields.Raw()
    tax_rate = fields.Raw()
    tax_description = fields.Raw()
    base_amount_cents = fields.Raw()
    amount_cents = fields.Raw()
    created_at = Moment()


class CreditNoteItemSchema(Schema):
    """What is given back of a fee."""

    lago_id = fields.UUID(attribute="id")
    amount_cents = fields.Raw()
    precise_amount_cents = Exact()


class CreditNoteSchema(Schema):
    """The credit note object with these parts, all of them unless said otherwise. `true_ups`: as of fees. `with_pdf`:
    the notes whose PDF has been made."""

    lago_id = fields.UUID(attribute="id")
    billing_entity_code = fields.Raw(attribute="invoice.billing_entity.code")
    sequential_id = fields.Raw()
    number = fields.Raw()
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    invoice_number = fields.Raw(attribute="invoice.number")
    purchase_order_number = fields.Raw(attribute="invoice.purchase_order_number")
    issuing_date = fields.Date()
    credit_status = fields.Raw()
    refund_status = fields.Raw()
    reason = fields.Raw()
    description = fields.Raw()
    currency = fields.Raw()
    total_amount_cents = fields.Raw()
    precise_total_amount_cents = fields.Method("dump_precise_total")
    taxes_amount_cents = fields.Raw()
    precise_taxes_amount_cents = Exact()
    sub_total_excluding_taxes_amount_cents = fields.Raw()
    balance_amount_cents = fields.Raw()
    credit_amount_cents = fields.Raw()
    refund_amount_cents = fields.Raw()
    offset_amount_cents = fields.Raw()
    coupons_adjustment_amount_cents = fields.Raw()
    taxes_rate = fields.Raw()
    created_at = Moment()
    updated_at = Moment()
    file_url = fields.Method("dump_file_url")
    xml_url = fields.Function(xml_url)
    self_billed = fields.Raw(attribute="invoice.self_billed")

    def __init__(
        self, *parts: str, true_ups: Mapping[uuid.UUID, uuid.UUID] | None = None,
        with_pdf: Collection[uuid.UUID] = (), **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.parts, self.fee_schema, self.with_pdf = parts or PARTS, FeeSchema(true_ups=true_ups), with_pdf

    @post_dump(pass_original=True)
    def add_parts(self, data: dict[str, Any], note: CreditNote, **kwargs: Any) -> dict[str, Any]:
        parts = {part: getattr(self, f"dump_{part}")(note) for part in self.parts}
        return {**data, **parts, **({"metadata": note.notes} if note.notes else {})}

    def dump_file_url(self, note: CreditNote) -> str | None:
        return credit_note_url(note.id) if note.id in self.with_pdf else None

    def dump_precise_total(self, note: CreditNote) -> Any:
        """Items less coupons, with taxes."""
        items = sum((item.precise_amount_cents for item in note.items), Decimal(0))
        total = items - note.precise_coupons_adjustment_amount_cents + note.precise_taxes_amount_cents
        return Exact()._serialize(total, None, note)

    def dump_customer(self, note: CreditNote) -> Any:
        return CustomerSchema().dump(note.customer)

    def dump_items(self, note: CreditNote) -> list[dict[str, Any]]:
        return [
            {
                **CreditNoteItemSchema().dump(item), "amount_currency": note.currency,
                "fee": item.fee and {**self.fee_schema.dump(item.fee), "self_billed": note.invoice.self_billed},
            }
            for item in note.items
        ]

    def dump_applied_taxes(self, note: CreditNote) -> list[dict[str, Any]]:
        rows = CreditNoteTaxSchema(many=True).dump(note.applied_taxes)
        return [{**row, "amount_currency": note.currency} for row in rows]

    def dump_error_details(self, note: CreditNote) -> list[dict[str, Any]]:
        return []
