"""From the result of a charge model to the amounts of a fee."""

from decimal import Decimal

from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import STORED_PLACES, exact, round_to
from lago.pricing.values import FeeAmounts, Price


@exact
def fee_amounts(price: Price, currency: str) -> FeeAmounts:
    """The amounts of the one fee of `price` in `currency` (ISO code): rounded once, unit cents cut (02 §1.3)."""
    known = CURRENCIES[currency]
    subunit = Decimal(known.subunit)
    return FeeAmounts(
        amount_cents=int(round_to(price.amount, known.exponent) * subunit),
        precise_amount_cents=price.amount * subunit,
        unit_amount_cents=int(price.unit_amount * subunit),
        precise_unit_amount=round_to(price.unit_amount, STORED_PLACES),
    )


@exact
def major_units(cents: int | Decimal, currency: str) -> Decimal:
    """An amount in cents as currency units."""
    return Decimal(cents) / CURRENCIES[currency].subunit
