"""From the result of a charge model to the amounts of a fee."""

from decimal import Decimal

from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import STORED_PLACES, exact, round_to
from lago.pricing.values import FeeAmounts, Price

MOST_CENTS = Decimal(10**16)
MOST_UNITS = Decimal(10**14)
"""No amount of a fee is larger, no unit price larger than MOST_UNITS: what cannot be stored would hold up the billing
of all else. Whoever meets them sees at once that an event or a price was wrong (docs/departures.md)."""


@exact
def fee_amounts(price: Price, currency: str) -> FeeAmounts:
    """The amounts of the one fee of `price` in `currency` (ISO code): rounded once, unit cents cut (02 §1.3).

    None is beyond MOST_CENTS or MOST_UNITS.
    """
    known = CURRENCIES[currency]
    subunit = Decimal(known.subunit)
    return FeeAmounts(
        amount_cents=int(bounded(round_to(price.amount, known.exponent) * subunit, MOST_CENTS)),
        precise_amount_cents=bounded(price.amount * subunit, MOST_CENTS),
        unit_amount_cents=int(bounded(price.unit_amount * subunit, MOST_CENTS)),
        precise_unit_amount=bounded(round_to(price.unit_amount, STORED_PLACES), MOST_UNITS),
    )


def bounded(amount: Decimal, most: Decimal) -> Decimal:
    """The amount, or the largest one that is kept, either way."""
    return max(-most, min(amount, most))


@exact
def major_units(cents: int | Decimal, currency: str) -> Decimal:
    """An amount in cents as currency units."""
    return Decimal(cents) / CURRENCIES[currency].subunit
