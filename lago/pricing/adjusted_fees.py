"""What a person says that a fee of a draft is to be, in cents (02 §11)."""

from decimal import Decimal

from lago.pricing.currencies import CURRENCIES
from lago.pricing.fees import MOST_CENTS, MOST_UNITS, bounded
from lago.pricing.rounding import STORED_PLACES, divide, double_to_decimal16, exact, round_half_up, round_to
from lago.pricing.values import FeeAmounts


@exact
def at_price(units: Decimal, unit_amount: Decimal, currency: str) -> FeeAmounts:
    """`units` at `unit_amount` of `currency` (ISO code); the price in cents is a double that meets decimals (§1.2)."""
    subunit = CURRENCIES[currency].subunit
    return _amounts(units, double_to_decimal16(float(unit_amount) * subunit), subunit)


@exact
def times(units: Decimal, cents: int, currency: str) -> FeeAmounts:
    """`units` times what a fee was computed to be, in cents of `currency`."""
    return _amounts(units, Decimal(cents), CURRENCIES[currency].subunit)


def _amounts(units: Decimal, price_cents: Decimal, subunit: int) -> FeeAmounts:
    amount = bounded(units * price_cents, MOST_CENTS)
    return FeeAmounts(
        amount_cents=round_half_up(amount),
        precise_amount_cents=amount,
        unit_amount_cents=round_half_up(bounded(price_cents, MOST_CENTS)),
        precise_unit_amount=bounded(round_to(divide(price_cents, Decimal(subunit)), STORED_PLACES), MOST_UNITS),
    )
