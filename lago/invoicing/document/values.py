"""What is printed on an invoice, decided but not yet formatted.

Amounts that are charged are whole cents of the document's currency; prices and the amounts of tiers are `Decimal` in
major units. Dates are those of the customer's time zone. Text is either a `Phrase` of ours, which is put into the words
of the document's locale, or a `str` that somebody else wrote, which is printed as it is (04 §17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class Cents:
    """A charged amount in the smallest unit of the document's currency.

    `unit`, here and below: the short name of the pricing unit that it is in instead, of which there are hundredths.
    """

    value: int
    unit: str | None = None


@dataclass(frozen=True)
class Price:
    """An amount per unit, in major units, shown with all its decimals (02 §1.7)."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True)
class Amount:
    """An amount in major units, shown with the decimals of the currency."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True)
class Percent:
    """A rate: 20 is 20 %. `places` decimals at least."""

    value: Decimal
    places: int = 0


Value = Cents | Price | Amount | Percent | Decimal | date | str


@dataclass(frozen=True)
class Phrase:
    """A text of ours: its key in the table of texts, and what stands in its gaps (a bare `Decimal` is a quantity)."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


Text = Phrase | str


class Title(StrEnum):
    """What the document is called; the values are keys of the table of texts."""

    INVOICE = "title_invoice"
    TAX_INVOICE = "title_tax_invoice"
    PAID_INVOICE = "title_paid_invoice"
    PAID_TAX_INVOICE = "title_paid_tax_invoice"
    ADVANCE_INVOICE = "title_advance_invoice"
    SELF_BILLED_INVOICE = "title_self_billed_invoice"
    CREDIT_NOTE = "title_credit_note"
    SELF_BILLED_CREDIT_NOTE = "title_self_billed_credit_note"


class Column(StrEnum):
    """A column of a table of lines; the values are keys of the table of texts."""

    ITEM = "column_item"
    UNITS = "column_units"
    CREDITS = "column_credits"
    UNIT_PRICE = "column_unit_price"
    TAX_RATE = "column_tax_rate"
    AMOUNT = "column_amount"
    NET_AMOUNT = "column_net_amount"
    DATE = "column_date"


FEE_COLUMNS = (Column.ITEM, Column.UNITS, Column.UNIT_PRICE, Column.TAX_RATE, Column.AMOUNT)
CREDIT_COLUMNS = (Column.ITEM, Column.CREDITS, Column.UNIT_PRICE, Column.AMOUNT)
SUMMARY_COLUMNS = (Column.ITEM, Column.AMOUNT)
CREDITED_COLUMNS = (Column.ITEM, Column.TAX_RATE, Column.NET_AMOUNT)


@dataclass(frozen=True)
class Party:
    """The seller or the buyer. `address` is the lines in the order in which the country writes them."""

    name: str
    legal_number: str | None = None
    address: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    tax_number: str | None = None


@dataclass(frozen=True)
class SubLine:
    """How part of a line's amount came to be: a tier, a package, a flat fee, or their subtotal."""

    label: Phrase
    units: Decimal | None = None
    unit_price: Price | Amount | Percent | None = None
    amount: Amount | Cents | None = None


@dataclass(frozen=True)
class Line:
    """One fee. With sub-lines these carry the units and prices, and the last of them the amount."""

    label: tuple[Text, ...]
    """Display name, group values, filter name: printed in one row."""
    amount: Cents
    units: Decimal | None = None
    unit_price: Price | None = None
    tax_rates: tuple[Percent, ...] = ()
    notes: tuple[Text, ...] = ()
    parts: tuple[SubLine, ...] = ()
    fee_id: UUID | None = field(default=None, compare=False)
    """Which fee it is, for pages that tell more of it."""


@dataclass(frozen=True)
class Section:
    """A table of lines, one per billing period found on the fees."""

    title: Text | None
    lines: tuple[Line, ...]
    columns: tuple[Column, ...] = FEE_COLUMNS


@dataclass(frozen=True)
class Breakdown:
    """A table that splits the units of a line: a row has a text for each column, and last a quantity."""

    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Value | Phrase, ...], ...]
    note: Phrase | None = None


@dataclass(frozen=True)
class Chapter:
    """The sections of one subscription. `total` is its total before tax, printed when there are several."""

    sections: tuple[Section, ...]
    name: str | None = None
    total: Cents | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    """Of a single chapter they are printed below the totals, else below its own."""


@dataclass(frozen=True)
class TotalRow:
    """A row of the totals block; deductions are negative. A row without an amount is a sentence."""

    label: Text
    amount: Cents | None
    subtotal: bool = False


@dataclass(frozen=True)
class Notice:
    """A text below the totals: a custom section, or a mention that the law asks for."""

    text: Text
    title: str | None = None


@dataclass(frozen=True)
class InvoiceDocument:
    """An invoice of any kind. With a `summary`, the chapters follow the totals, each on a page of its own."""

    title: Title
    number: str
    issuing_date: date
    currency: str
    locale: str
    seller: Party
    buyer: Party
    total: Cents
    chapters: tuple[Chapter, ...]
    totals: tuple[TotalRow, ...] = ()
    """Everything between the lines and the total: deductions, subtotals, taxes (highest rate first), credits."""
    summary: Section | None = None
    due_date: date | None = None
    """None when the invoice is already paid."""
    payment_term_days: int | None = None
    purchase_order_number: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    """Key and value of the customer's metadata flagged for display."""
    logo: bytes | None = None
    notices: tuple[Notice, ...] = ()
    footer: Text | None = None
