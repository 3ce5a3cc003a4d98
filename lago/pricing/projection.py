"""What usage will come to at the end of the period if it goes on as before (01 §4.4).

Of metrics that are not recurring; what recurring ones are projected to is what they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from lago.pricing.charge_models.pricing import ZERO
from lago.pricing.charge_models.tiers import Tier, read_tiers
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import divide, exact, ratio_in_doubles, round_to

UNITS_PLACES = 2


@dataclass(frozen=True)
class Projection:
    """Units, and their price in cents."""

    units: Decimal
    amount_cents: int


def projection_ratio(days: int, length: int) -> Decimal:
    """The part of a period of `length` days that has gone by in `days`, from 0 to 1; a double with all its digits."""
    return min(max(ratio_in_doubles(days, length), ZERO), Decimal(1))


def projected_units(units: Decimal, ratio: Decimal, places: int = UNITS_PLACES) -> Decimal:
    """`units` at the end of a period of which `ratio` has gone by; none where none of it has, and never less.

    The units of breakdowns have as many decimal `places` as the currency.
    """
    return max(round_to(divide(units, ratio), places), ZERO) if ratio else ZERO


@exact
def project(
    model_name: str, properties: Mapping[str, Any], units: Decimal, amount: Decimal, ratio: Decimal, currency: str
) -> Projection:
    """The projection of a fee of `units` that costs `amount`, unrounded, in units of `currency` (ISO code).

    Without units there is no amount either, not even a flat one.
    """
    expected = projected_units(units, ratio)
    if not expected:
        return Projection(ZERO, 0)
    model = _MODELS.get(model_name)
    price = model(expected, properties) if model else divide(amount, ratio)
    known = CURRENCIES[currency]
    return Projection(expected, int(max(round_to(price, known.exponent), ZERO) * known.subunit))


def _standard(units: Decimal, properties: Mapping[str, Any]) -> Decimal:
    return units * Decimal(properties["amount"])


def _volume(units: Decimal, properties: Mapping[str, Any]) -> Decimal:
    """Units that no tier has, in a gap between two, cost nothing."""
    top = units.to_integral_value(ROUND_CEILING)
    for tier in sorted(read_tiers(properties["volume_ranges"]), key=lambda tier: tier.from_value):
        if tier.from_value <= top and (tier.to_value is None or units <= tier.to_value):
            return units * tier.per_unit_amount + tier.flat_amount
    return ZERO


def _package(units: Decimal, properties: Mapping[str, Any]) -> Decimal:
    """Whole packages, counted in exact decimals here."""
    paid = max(units - Decimal(properties["free_units"]), ZERO)
    whole, begun = divmod(paid, Decimal(properties["package_size"]))
    return (whole + 1 if begun else whole) * Decimal(properties["amount"])


def _graduated(units: Decimal, properties: Mapping[str, Any]) -> Decimal:
    """Tiers are filled in order; one that gets units adds its flat amount."""
    total = placed = ZERO
    for tier in read_tiers(properties["graduated_ranges"]):
        inside = _room(tier, placed, units)
        placed += inside
        total += inside * tier.per_unit_amount + (tier.flat_amount if inside else ZERO)
    return total


def _room(tier: Tier, placed: Decimal, units: Decimal) -> Decimal:
    return (units if tier.to_value is None else min(units, tier.to_value)) - placed


_MODELS: dict[str, Callable[[Decimal, Mapping[str, Any]], Decimal]] = {
    "standard": _standard,
    "volume": _volume,
    "package": _package,
    "graduated": _graduated,
}
"""The models that price the projected units; of others the present amount is divided by the ratio."""
