"""What is printed on a credit note, decided but not yet formatted (04 §17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lago.invoicing.credit_notes.document_lines import sections_of
from lago.invoicing.document.build import footer_of, parties_of
from lago.invoicing.document.notices import eu_mentions
from lago.invoicing.document.totals import tax_rows
from lago.invoicing.document.values import Cents, Notice, Party, Phrase, Section, Text, Title, TotalRow
from lago.invoicing.models import CreditNote


@dataclass(frozen=True)
class CreditNoteDocument:
    """A credit note; amounts are what is given back. `given_back`: how, and on which day."""

    title: Title
    number: str
    invoice_number: str
    issuing_date: date
    currency: str
    locale: str
    seller: Party
    buyer: Party
    total: Cents
    given_back: Phrase
    sections: tuple[Section, ...]
    totals: tuple[TotalRow, ...]
    purchase_order_number: str | None = None
    reason: str | None = None
    logo: bytes | None = None
    notices: tuple[Notice, ...] = ()
    footer: Text | None = None


def document_of(note: CreditNote) -> CreditNoteDocument:
    """What is printed, with the names and addresses that the invoice was made with."""
    invoice = note.invoice
    seller, buyer, locale = parties_of(invoice)
    return CreditNoteDocument(
        title=Title.SELF_BILLED_CREDIT_NOTE if invoice.self_billed else Title.CREDIT_NOTE,
        number=note.number,
        invoice_number=invoice.number,
        purchase_order_number=invoice.purchase_order_number,
        issuing_date=note.issuing_date,
        currency=note.currency,
        locale=locale,
        seller=seller,
        buyer=buyer,
        total=Cents(note.total_amount_cents),
        given_back=_given_back(note),
        sections=sections_of(note),
        totals=tuple(_totals(note)),
        reason=note.description,
        logo=None if invoice.self_billed else invoice.billing_entity.logo,
        notices=eu_mentions(invoice.billing_entity, note.applied_taxes),
        footer=footer_of(invoice),
    )


def ways_of(note: CreditNote) -> list[tuple[str, int]]:
    """The ways in which it is given back, as keys of the table of texts, with their cents."""
    ways = {
        "credited_offset": note.offset_amount_cents, "credited_balance": note.credit_amount_cents,
        "credited_refund": note.refund_amount_cents,
    }
    return [(key, cents) for key, cents in ways.items() if cents]


def _given_back(note: CreditNote) -> Phrase:
    """Where the whole of it goes, and when; neutral where it goes several ways."""
    ways = ways_of(note)
    return Phrase(f"{ways[0][0]}_on" if len(ways) == 1 else "given_back_on", {"date": note.issuing_date})


def _totals(note: CreditNote) -> Iterator[TotalRow]:
    """Coupons, subtotal, taxes on their bases, then the ways in which it is given back."""
    if coupons := note.coupons_adjustment_amount_cents:
        yield TotalRow(Phrase("credited_coupons"), Cents(-coupons))
    subtotal = Cents(note.sub_total_excluding_taxes_amount_cents)
    yield TotalRow(Phrase("total_without_tax"), subtotal, subtotal=True)
    yield from tax_rows([(tax, tax.base_amount_cents) for tax in note.applied_taxes])
    for position, (key, cents) in enumerate(ways_of(note)):
        yield TotalRow(Phrase(key), Cents(cents), subtotal=position == 0)
