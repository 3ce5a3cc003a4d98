"""Fees and items of credit notes as lines of an electronic document (04 §18)."""

from collections.abc import Sequence
from decimal import Decimal

from lago.invoicing.credit_notes.amounts import Credited, priced
from lago.invoicing.document.fee_lines import fee_label
from lago.invoicing.einvoicing.figures import Charged
from lago.invoicing.einvoicing.texts import plain_text
from lago.invoicing.einvoicing.values import ELine
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import double_to_decimal, exact

_NOTHING = Decimal(0)


def fee_lines(invoice: Invoice) -> tuple[ELine, ...]:
    """The fees, the smallest amount first. The standard asks for a line: an invoice of nothing has one of 0."""
    fees = sorted(invoice.fees, key=lambda fee: (fee.amount_cents, fee.seq))
    lines = tuple(_line(fee, fee.amount_cents, fee.units) for fee in fees)
    return lines or (ELine(invoice.number, None, Decimal(1), _NOTHING, 0, _NOTHING),)


def charged_fees(invoice: Invoice) -> list[Charged]:
    """The fees with their discounts, one of nothing where there is none."""
    fees = [Charged(fee.amount_cents, fee.precise_coupons_amount_cents, _rate(fee)) for fee in invoice.fees]
    return fees or [Charged(0, _NOTHING, _NOTHING)]


def item_lines(note: CreditNote) -> tuple[ELine, ...]:
    """What is given back, below zero, the smallest amount first."""
    items = sorted(note.items, key=lambda item: (item.amount_cents, item.seq))
    return tuple(_line(item.fee, -item.amount_cents, -item.fee.units) for item in items if item.fee)


def credited_items(note: CreditNote) -> list[Charged]:
    """The items with their part of the coupons, below zero too."""
    credited = _credited(note)
    items = zip(credited, priced(note.invoice, credited), strict=True)
    return [Charged(-item.amount_cents, -item.coupon_part_cents, _rate(row.fee)) for row, item in items]


def _credited(note: CreditNote) -> Sequence[Credited]:
    return [Credited(item.fee, item.precise_amount_cents) for item in note.items if item.fee]


def _line(fee: Fee, cents: int, units: Decimal) -> ELine:
    measured = _measured(cents, units, fee.precise_unit_amount, CURRENCIES[fee.currency].subunit)
    return ELine(plain_text(fee_name(fee)) or fee.fee_type, _description(fee), *measured, cents, _rate(fee))


@exact
def _measured(cents: int, units: Decimal, price: Decimal, subunit: int) -> tuple[Decimal, Decimal]:
    """Units and price, if they make the amount; else one unit of that amount.

    They do not where the amount is a flat one, or a part of a fee, and a validator multiplies.
    """
    if price >= 0 and abs(units * price * subunit - cents) <= 1:
        return units, price
    return Decimal(-1 if cents < 0 else 1), Decimal(abs(cents)) / subunit


def _description(fee: Fee) -> str | None:
    """The values that it is grouped by and its filter, else what was written about it."""
    details = " • ".join(text for text in fee_label(fee)[1:] if isinstance(text, str))
    return plain_text(details or fee.description)


def _rate(fee: Fee) -> Decimal:
    """The sum of its rates, in percent: a line has one."""
    return double_to_decimal(fee.taxes_rate)
