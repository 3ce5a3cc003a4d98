"""From a stored invoice to its document."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lago.invoicing.document.addresses import address_lines
from lago.invoicing.document.lines import chapters_of, summary_of
from lago.invoicing.document.notices import notices_of
from lago.invoicing.document.totals import total_rows_of
from lago.invoicing.document.values import Cents, InvoiceDocument, Party, Phrase, Text, Title
from lago.invoicing.models import Invoice
from lago.invoicing.snapshot import snapshot

_TAX_INVOICE_COUNTRIES = {"AU", "AE", "NZ", "ID", "SG"}
_TITLES = {
    "credit": (Title.ADVANCE_INVOICE, Title.ADVANCE_INVOICE),
    "advance_charges": (Title.PAID_INVOICE, Title.PAID_TAX_INVOICE),
}


def document_of(invoice: Invoice) -> InvoiceDocument:
    """What is printed of an issued invoice, with the names and addresses that it was made with."""
    made_of = invoice.snapshot or snapshot(invoice)
    seller, buyer, locale = parties_of(invoice)
    return InvoiceDocument(
        title=_title(invoice, made_of["billing_entity"]["country"]),
        number=invoice.number,
        issuing_date=_issued_on(invoice),
        currency=invoice.currency,
        locale=locale,
        seller=seller,
        buyer=buyer,
        total=Cents(invoice.total_amount_cents),
        chapters=chapters_of(invoice),
        totals=total_rows_of(invoice),
        summary=summary_of(invoice),
        due_date=None if invoice.invoice_type == "advance_charges" else invoice.payment_due_date,
        payment_term_days=invoice.net_payment_term,
        purchase_order_number=invoice.purchase_order_number,
        metadata=tuple((row["key"], row["value"]) for row in made_of["customer"]["metadata"]),
        logo=None if invoice.self_billed else invoice.billing_entity.logo,
        notices=notices_of(invoice),
        footer=footer_of(invoice),
    )


def parties_of(invoice: Invoice) -> tuple[Party, Party, str]:
    """Seller and buyer as they were when the invoice was made, and the locale of its document."""
    made_of = invoice.snapshot or snapshot(invoice)
    locale = made_of["customer"]["locale"]
    return *_parties(made_of, locale, self_billed=invoice.self_billed), locale


def footer_of(invoice: Invoice) -> Text | None:
    """That of the billing entity; a self-billed document has a fixed notice instead (04 §17)."""
    made_of = invoice.snapshot or snapshot(invoice)
    own: str | None = made_of["billing_entity"]["invoice_footer"]
    return Phrase("self_billed_notice") if invoice.self_billed else own


def _issued_on(invoice: Invoice) -> date:
    if invoice.issuing_date is None:
        raise ValueError(f"invoice {invoice.id} is not issued")
    return invoice.issuing_date


def _title(invoice: Invoice, country: str | None) -> Title:
    """By the kind of invoice and the country of the billing entity."""
    if invoice.self_billed:
        return Title.SELF_BILLED_INVOICE
    plain, with_tax = _TITLES.get(invoice.invoice_type, (Title.INVOICE, Title.TAX_INVOICE))
    return with_tax if country in _TAX_INVOICE_COUNTRIES else plain


def _parties(made_of: Mapping[str, Any], locale: str, *, self_billed: bool) -> tuple[Party, Party]:
    """Seller and buyer; the customer is the seller of a self-billed invoice."""
    entity, customer = made_of["billing_entity"], made_of["customer"]
    ours = _party(entity, entity["name"], locale)
    theirs = _party(customer, customer["display_name"], locale)
    return (theirs, ours) if self_billed else (ours, theirs)


def _party(details: Mapping[str, Any], name: str, locale: str) -> Party:
    """A side of the invoice under its legal name, else under `name`."""
    addresses = (details["email"] or "").split(",")
    return Party(
        name=details["legal_name"] or name,
        legal_number=details["legal_number"],
        address=address_lines(details, locale),
        emails=tuple(address.strip() for address in addresses if address.strip()),
        tax_number=details["tax_identification_number"],
    )
