"""Volume: the tier that the total falls into prices all units (02 §3.7)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.pricing import ZERO, priced, share
from lago.pricing.charge_models.tiers import Tier, read_tiers, tier_problems
from lago.pricing.rounding import decimal_text, exact
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ("volume_ranges",)
DEFAULTS: dict[str, Any] = {
    "volume_ranges": [{"from_value": 0, "to_value": None, "per_unit_amount": "0", "flat_amount": "0"}]
}
NO_TIER = {"flat_unit_amount": "0.0", "per_unit_amount": "0.0", "per_unit_total_amount": "0.0"}


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """Units at the price of the tier of the full units, and that tier's flat amount; negative totals have no tier."""
    total_units = usage.shown_units
    if total_units < 0:
        return priced(usage, ZERO, dict(NO_TIER), unit_amount=ZERO)
    tier = _tier_of(total_units, read_tiers(properties["volume_ranges"]))
    variable = usage.units * tier.per_unit_amount
    details = {
        "flat_unit_amount": decimal_text(tier.flat_amount),
        "per_unit_amount": decimal_text(share(variable, total_units)),
        "per_unit_total_amount": decimal_text(variable),
    }
    return priced(usage, variable + tier.flat_amount, details)


def needs(properties: Mapping[str, Any]) -> Needs:
    """Nothing besides units and count."""
    return Needs()


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    amounts = {"per_unit_amount": "invalid_amount", "flat_amount": "invalid_amount"}
    return tier_problems(properties, "volume_ranges", amounts, step=1)


def _tier_of(units: Decimal, tiers: list[Tier]) -> Tier:
    """The first tier that does not end below `units`: a gap between two tiers belongs to the upper one."""
    ordered = sorted(tiers, key=lambda tier: tier.from_value)
    return next(tier for tier in ordered if tier.to_value is None or units <= tier.to_value)
