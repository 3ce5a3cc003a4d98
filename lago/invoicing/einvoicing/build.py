"""From a stored invoice or credit note to its electronic document (04 §18)."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lago.invoicing.einvoicing.figures import RateGroup, grouped_by_rate
from lago.invoicing.einvoicing.lines import charged_fees, credited_items, fee_lines, item_lines
from lago.invoicing.einvoicing.parties import parties_of
from lago.invoicing.einvoicing.texts import plain_text
from lago.invoicing.einvoicing.values import EDocument, TypeCode
from lago.invoicing.models import CreditNote, Invoice
from lago.invoicing.snapshot import snapshot
from lago.pricing.local_time import local_date

CREDIT = "credit"
_COUNTRIES = {"FR", "DE"}
_WITHDRAWN_CURRENCIES = {"ANG", "BGN", "HRK", "MRO", "SLL", "STD"}


def is_electronic(invoice: Invoice) -> bool:
    """Whether its billing entity issues electronic documents; not in currencies that ISO 4217 has no more."""
    entity = invoice.billing_entity
    return entity.einvoicing and entity.country in _COUNTRIES and invoice.currency not in _WITHDRAWN_CURRENCIES


def electronic_invoice(invoice: Invoice) -> EDocument:
    """An issued invoice."""
    return EDocument(
        type_code=_type_code(invoice),
        number=invoice.number,
        issuing_date=_issued_on(invoice),
        due_date=invoice.payment_due_date,
        delivery_date=_delivered_on(invoice),
        currency=invoice.currency,
        refers_to=(),
        notes=(),
        lines=fee_lines(invoice),
        groups=_groups(invoice),
        discount_is_charge=False,
        prepaid_cents=invoice.prepaid_credit_amount_cents + invoice.credit_notes_amount_cents,
        **_frame(invoice),
    )


def electronic_credit_note(note: CreditNote) -> EDocument:
    """An issued credit note, whose amounts are below zero."""
    invoice = note.invoice
    return EDocument(
        type_code=TypeCode.CREDIT_NOTE,
        number=note.number,
        issuing_date=note.issuing_date,
        due_date=None,
        delivery_date=local_date(note.created_at, ZoneInfo(invoice.timezone)),
        currency=note.currency,
        refers_to=((invoice.number, _issued_on(invoice)),),
        notes=(f"Credit note ID: {note.id}", f"Original invoice: {invoice.number}", f"Reason: {note.reason}"),
        lines=item_lines(note),
        groups=_groups_of_note(note),
        discount_is_charge=True,
        prepaid_cents=0,
        **_frame(invoice),
    )


def _frame(invoice: Invoice) -> dict[str, Any]:
    """What an invoice and its credit notes have in common."""
    seller, buyer = parties_of(invoice)
    made_of = invoice.snapshot or snapshot(invoice)
    return {
        "country": invoice.billing_entity.country,
        "seller": seller,
        "buyer": buyer,
        "buyer_reference": plain_text(made_of["customer"]["external_id"]) or "-",
        "purchase_order_number": plain_text(invoice.purchase_order_number),
        "outside_of_vat": invoice.invoice_type == CREDIT,
    }


def _type_code(invoice: Invoice) -> TypeCode:
    if invoice.invoice_type == CREDIT:
        return TypeCode.PREPAID
    return TypeCode.SELF_BILLED if invoice.self_billed else TypeCode.INVOICE


def _issued_on(invoice: Invoice) -> date:
    if invoice.issuing_date is None:
        raise ValueError(f"invoice {invoice.id} is not issued")
    return invoice.issuing_date


def _delivered_on(invoice: Invoice) -> date:
    """The local day on which the earliest period of usage begins; of what covers none, of its making."""
    starts = [covered.charges_from_datetime for covered in invoice.invoice_subscriptions]
    earliest = min((start for start in starts if start), default=invoice.created_at)
    return local_date(earliest, ZoneInfo(invoice.timezone))


def _groups(invoice: Invoice) -> tuple[RateGroup, ...]:
    """What coupons and progressive invoices take off is what the fees are more than the subtotal."""
    discount = invoice.fees_amount_cents - invoice.sub_total_excluding_taxes_amount_cents
    return grouped_by_rate(charged_fees(invoice), discount, invoice.taxes_amount_cents)


def _groups_of_note(note: CreditNote) -> tuple[RateGroup, ...]:
    """The subtotal is what is left of the total without its taxes, whatever the cent was that made them add up."""
    items = credited_items(note)
    excluding = note.taxes_amount_cents - note.total_amount_cents
    return grouped_by_rate(items, sum(item.cents for item in items) - excluding, -note.taxes_amount_cents)
