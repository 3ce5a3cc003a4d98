"""Graduated percentage: each tier takes its percentage of the units that fall into it (02 §3.4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.pricing import ZERO, priced
from lago.pricing.charge_models.tiers import Tier, reached, read_tiers, share_of_unit, tier_problems
from lago.pricing.rounding import decimal_text, exact
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ("graduated_percentage_ranges",)
DEFAULTS: dict[str, Any] = {
    "graduated_percentage_ranges": [
        {"from_value": 0, "to_value": None, "rate": "0", "fixed_amount": "0", "flat_amount": "0"}
    ]
}
ONE = Decimal(1)


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """The sum of the reached tiers, each with its flat amount; no usage reaches the first tier."""
    tiers = read_tiers(properties["graduated_percentage_ranges"], share_of_unit)
    split = [(tier, _units_in(tier, usage.units)) for tier in reached(tiers, usage.units)]
    amount = sum((units * tier.per_unit_amount + tier.flat_amount for tier, units in split), ZERO)
    return priced(usage, amount, {"graduated_percentage_ranges": [_detail(tier, units) for tier, units in split]})


def needs(properties: Mapping[str, Any]) -> Needs:
    """Nothing besides units and count."""
    return Needs()


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    amounts = {"rate": "invalid_rate", "flat_amount": "invalid_amount"}
    return tier_problems(properties, "graduated_percentage_ranges", amounts, step=0)


def _units_in(tier: Tier, units: Decimal) -> Decimal:
    """A tier counts from its first unit on, so one that touches the tier below counts a unit too many."""
    if tier.to_value is not None and units >= tier.to_value:
        return tier.to_value - max(tier.from_value, ONE) + 1
    return units - tier.from_value + 1 if tier.from_value else units


def _detail(tier: Tier, units: Decimal) -> dict[str, Any]:
    total = units * tier.per_unit_amount
    return {
        "from_value": tier.stored["from_value"],
        "to_value": tier.stored["to_value"],
        "flat_unit_amount": decimal_text(tier.flat_amount),
        "rate": decimal_text(Decimal(tier.stored["rate"])),
        "units": decimal_text(units),
        "per_unit_total_amount": decimal_text(total),
        "total_with_flat_amount": decimal_text(total + tier.flat_amount),
    }
