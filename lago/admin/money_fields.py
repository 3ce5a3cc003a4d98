"""Amounts as people type them: in the currency's major units."""

from decimal import Decimal

from lago.core.fields import exact
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import decimal_text, divide


def cents_typed(text: str | None, currency: str) -> int | str | None:
    """Cents of what was typed; None for nothing. What is no whole number of cents stays a text, for the API's own
    checks to refuse."""
    number = exact(text or "")
    if number is None or currency not in CURRENCIES:
        return text
    cents = number * CURRENCIES[currency].subunit
    return int(cents) if cents == cents.to_integral_value() else decimal_text(cents)


def cents_shown(cents: int | None, currency: str) -> str:
    """Cents as one types them: 5000 EUR is 50.00; nothing for None."""
    if cents is None:
        return ""
    known = CURRENCIES[currency]
    return f"{divide(Decimal(cents), Decimal(known.subunit)):.{known.exponent}f}"
