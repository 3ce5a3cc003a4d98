"""Taxes of fees and of the invoice (04 §6.3, §6.4). Amounts in cents."""

from collections.abc import Sequence
from decimal import Decimal

from lago.pricing.rounding import (
    divide,
    double_to_decimal,
    exact,
    percentage_in_doubles,
    round_double,
    round_to,
    sum_in_doubles,
)
from lago.pricing.values import FeeTax, InvoiceTax, InvoiceTaxes, Line, Tax, TaxedLine

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@exact
def tax_line(line: Line) -> TaxedLine:
    """The taxes of a fee: each rounded for itself, their sum rounded from the unrounded ones (04 §6.3)."""
    applied = tuple(_fee_tax(line, tax) for tax in line.taxes)
    return TaxedLine(
        line,
        applied,
        taxes_amount_cents=_rounded_sum(applied),
        taxes_precise_amount_cents=sum((tax.precise_amount_cents for tax in applied), ZERO),
        taxes_rate=sum((tax.rate for tax in line.taxes), ZERO),
    )


@exact
def invoice_taxes(lines: Sequence[Line], sub_total_excluding_taxes_amount_cents: int) -> InvoiceTaxes:
    """Each tax on the sum of the net amounts that carry it, and their unrounded sum rounded (04 §6.4)."""
    taxes = dict.fromkeys(tax for line in lines for tax in line.taxes)
    applied = tuple(_invoice_tax(tax, lines, sub_total_excluding_taxes_amount_cents) for tax in taxes)
    return InvoiceTaxes(
        applied,
        taxes_amount_cents=_rounded_sum(applied),
        taxes_rate=round_to(sum((part.share * part.tax.rate for part in applied), ZERO), 5),
    )


def _fee_tax(line: Line, tax: Tax) -> FeeTax:
    amount = percentage_in_doubles(line.net_amount_cents, tax.rate)
    precise_base = line.precise_amount_cents - line.precise_coupons_amount_cents
    return FeeTax(tax, round_double(amount), double_to_decimal(amount), divide(precise_base * tax.rate, HUNDRED))


def _invoice_tax(tax: Tax, lines: Sequence[Line], sub_total: int) -> InvoiceTax:
    carrying = [line for line in lines if tax in line.taxes]
    base = sum((line.net_amount_cents for line in carrying), ZERO)
    amount = percentage_in_doubles(base, tax.rate)
    share = divide(base, Decimal(sub_total)) if sub_total > 0 else divide(Decimal(len(carrying)), Decimal(len(lines)))
    return InvoiceTax(tax, base, share, int(base), round_double(amount), double_to_decimal(amount))


def _rounded_sum(applied: Sequence[FeeTax] | Sequence[InvoiceTax]) -> int:
    return round_double(sum_in_doubles(float(tax.unrounded_amount_cents) for tax in applied))
