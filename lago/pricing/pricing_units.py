"""What is priced in a unit of the organization's own, such as credits, and what that is in money (02 §10)."""

from dataclasses import replace
from decimal import Decimal

from lago.pricing.fees import fee_amounts
from lago.pricing.rounding import exact, round_to
from lago.pricing.values import FeeAmounts, Price

DECIMALS = 2
"""Of every pricing unit: what is called its cents are hundredths of it."""

LIKE_A_UNIT = "EUR"
"""A currency that is rounded and divided as every pricing unit is, wherever prices are made and a currency is asked
for."""


def amounts_in_units(price: Price) -> FeeAmounts:
    """The amounts, in cents of the pricing unit, of the one fee of `price`."""
    return fee_amounts(price, LIKE_A_UNIT)


def amounts_in_units_of_event(price: Price) -> FeeAmounts:
    """The same of a fee for a single event: it is its rounded amount that counts as the precise one too."""
    return amounts_in_units(replace(price, amount=round_to(price.amount, DECIMALS)))


@exact
def in_money(in_units: FeeAmounts, rate: Decimal, currency: str) -> FeeAmounts:
    """Amounts in cents of a pricing unit, each of which is worth `rate` of `currency` (ISO code), as money.

    All of them come from the rounded cents and the cut unit cents. Kept beside them: `in_units` itself.
    """
    worth = Price(Decimal(0), _units(in_units.amount_cents) * rate, _units(in_units.unit_amount_cents) * rate)
    return replace(fee_amounts(worth, currency), in_units=in_units)


def cents_in_money(cents: int, rate: Decimal, currency: str) -> int:
    """The same of an amount alone: cents of a pricing unit as cents of `currency`."""
    return in_money(FeeAmounts(cents, Decimal(cents), 0, Decimal(0)), rate, currency).amount_cents


def _units(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-DECIMALS)
