"""Money as it is typed: in units of its currency, `1234.50`, where the API takes cents."""

import re
from decimal import Decimal

from lago.pricing.currencies import CURRENCIES, Currency
from lago.pricing.rounding import divide, exact

AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)

NO_AMOUNT = "?"
"""What the API is given for a text that is no amount of the currency: it says so by its own code."""

UNIT = Currency("", 2, 100)
"""Pricing units have hundredths (02 §10); and so, as long as nobody knows better, has an unknown currency."""


@exact
def cents_of(text: str, currency: str) -> int | str:
    """The cents of an amount that is typed; NO_AMOUNT if it is none, or has more decimals than the currency."""
    if not AMOUNT.fullmatch(text):
        return NO_AMOUNT
    cents = Decimal(text) * CURRENCIES.get(currency, UNIT).subunit
    return int(cents) if cents == cents.to_integral_value() else NO_AMOUNT


def typed_amount(cents: int | None, currency: str) -> str:
    """Cents as one types them: 123450 EUR is 1234.50. Empty for None."""
    if cents is None:
        return ""
    known = CURRENCIES.get(currency, UNIT)
    return f"{divide(Decimal(cents), Decimal(known.subunit)):.{known.exponent}f}"
