"""Documents to print: an ordinary invoice, of which a test changes what it is about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lago.invoicing.document.values import (
    Amount,
    Cents,
    Chapter,
    InvoiceDocument,
    Line,
    Party,
    Percent,
    Phrase,
    Price,
    Section,
    SubLine,
    Title,
    TotalRow,
)

SELLER = Party(
    name="Northwind Metering GmbH",
    legal_number="HRB 20413 B",
    address=("Torstraße 140", "10119 Berlin", "Germany"),
    emails=("billing@northwind.example",),
    tax_number="DE 812 526 315",
)
BUYER = Party(
    name="Harbour & Sons Ltd",
    legal_number="08813021",
    address=("22 Quay Street", "Floor 3", "Bristol BS1 4QZ", "United Kingdom"),
    emails=("accounts@harbour.example", "ap@harbour.example"),
    tax_number="GB 314 1592 65",
)
VAT = Percent(Decimal(19))


def a_line(
    label: str = "API calls", cents: int = 4375, units: str = "1250", price: str = "0.035", **changes: Any
) -> Line:
    """A fee of a standard charge."""
    line = Line((label,), Cents(cents), Decimal(units), Price(Decimal(price)), (VAT,))
    return replace(line, **changes)


def a_graduated_line() -> Line:
    """The example of 02 §3.3: 501 units over three tiers."""
    parts = (
        _part("part_units_first", "100", "0.2", "20", last=Decimal(100)),
        _part("part_units_next", "400", "0.15", "60", first=Decimal(101), last=Decimal(500)),
        _part("part_units_last", "1", "0.1", "0.1", first=Decimal(501)),
        _flat("part_flat_first", "5", last=Decimal(100)),
        _flat("part_flat_last", "20", first=Decimal(501)),
        SubLine(Phrase("part_subtotal"), amount=Cents(10510)),
    )
    return a_line("Documents signed", 10510, "501", "0.209780439121756", parts=parts)


def a_period(*lines: Line, start: date = date(2025, 7, 1), end: date = date(2025, 7, 31)) -> Section:
    return Section(Phrase("fees_of_period", {"start": start, "end": end}), lines)


def a_document(*lines: Line, **changes: Any) -> InvoiceDocument:
    """An invoice over the lines given, 19 % tax on top."""
    net = sum(line.amount.value for line in lines)
    tax = net * 19 // 100
    document = InvoiceDocument(
        title=Title.INVOICE,
        number="NOR-7F3A-001-042",
        issuing_date=date(2025, 8, 1),
        currency="EUR",
        locale="en",
        seller=SELLER,
        buyer=BUYER,
        total=Cents(net + tax),
        chapters=(Chapter((a_period(*lines),)),),
        totals=(
            TotalRow(Phrase("total_without_tax"), Cents(net)),
            TotalRow(Phrase("total_tax", {"name": "VAT", "rate": VAT, "base": Cents(net)}), Cents(tax)),
            TotalRow(Phrase("total_with_tax"), Cents(net + tax), subtotal=True),
        ),
        due_date=date(2025, 8, 31),
        payment_term_days=30,
    )
    return replace(document, **changes)


def _part(key: str, units: str, price: str, total: str, **bounds: Decimal) -> SubLine:
    return SubLine(Phrase(key, bounds), Decimal(units), Price(Decimal(price)), Amount(Decimal(total)))


def _flat(key: str, amount: str, **bounds: Decimal) -> SubLine:
    return SubLine(Phrase(key, bounds), Decimal(1), Amount(Decimal(amount)), Amount(Decimal(amount)))
