"""What a charge costs at least in a period, and the fee that makes up for what is missing (02 §5)."""

from collections.abc import Sequence
from decimal import Decimal

from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import STORED_PLACES, divide, double_to_decimal16, exact, round_double, round_to
from lago.pricing.values import FeeAmounts


def spending_minimum(min_amount_cents: int, duration: int, days: int) -> float:
    """The minimum in cents for `days` of the `duration` days of a period: in doubles, in this order (02 §1.2)."""
    return (min_amount_cents / duration) * days


def true_up(minimum: float, used: Sequence[FeeAmounts], currency: str) -> FeeAmounts | None:
    """The amounts of the fee that lifts the fees `used` of a charge to `minimum` cents; None where they reach it.

    It may be 0 cents: a minimum that is a hair above what was used is not reached (02 §1.2).
    """
    missing = minimum - sum(fee.amount_cents for fee in used)
    if missing <= 0:
        return None
    cents = round_double(missing)
    precise = _less(minimum, used)
    return FeeAmounts(cents, precise, cents, _in_units(precise, currency))


@exact
def _less(minimum: float, used: Sequence[FeeAmounts]) -> Decimal:
    return double_to_decimal16(minimum) - sum((fee.precise_amount_cents for fee in used), Decimal(0))


def _in_units(precise_cents: Decimal, currency: str) -> Decimal:
    return round_to(divide(precise_cents, Decimal(CURRENCIES[currency].subunit)), STORED_PLACES)
