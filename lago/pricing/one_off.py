"""The amount of a fee that stands on an invoice once (04 §10)."""

from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import exact, round_double


@dataclass(frozen=True)
class OneOffAmount:
    """In cents: what is charged, and what it was before rounding."""

    amount_cents: int
    precise_amount_cents: Decimal


@exact
def one_off_amount(unit_amount_cents: int, units: Decimal) -> OneOffAmount:
    """So many units at a price each. The charged amount is multiplied in doubles, the precise one exactly (04 §10)."""
    return OneOffAmount(round_double(unit_amount_cents * float(units)), unit_amount_cents * units)
