"""Graduated: each tier prices the units that fall into it (02 §3.3)."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from lago.pricing.charge_models import prorated_graduated
from lago.pricing.charge_models.pricing import ZERO, priced, share
from lago.pricing.charge_models.tiers import Tier, reached, read_tiers, tier_problems
from lago.pricing.rounding import decimal_text, exact
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ("graduated_ranges",)
DEFAULTS: dict[str, Any] = {
    "graduated_ranges": [{"from_value": 0, "to_value": None, "per_unit_amount": "0", "flat_amount": "0"}]
}


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """The sum of the reached tiers, each with its flat amount; no usage reaches the first tier.

    The usage of a prorated charge, which is one that has full units, is replayed step by step instead (02 §3.9).
    """
    tiers = read_tiers(properties["graduated_ranges"])
    if usage.full_units is not None:
        return prorated_graduated.price(usage, tiers)
    touching = len(tiers) > 1 and all(upper.from_value == lower.to_value for lower, upper in pairwise(tiers))
    split = [(tier, _units_in(tier, usage.units, touching)) for tier in reached(tiers, usage.units)]
    amount = sum((units * tier.per_unit_amount + tier.flat_amount for tier, units in split), ZERO)
    return priced(usage, amount, {"graduated_ranges": [_detail(tier, units) for tier, units in split]})


def needs(properties: Mapping[str, Any]) -> Needs:
    """The steps of a prorated charge (02 §3.9)."""
    return Needs(steps=True)


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    amounts = {"per_unit_amount": "invalid_amount", "flat_amount": "invalid_amount"}
    return tier_problems(properties, "graduated_ranges", amounts, step=0)


def _units_in(tier: Tier, units: Decimal, touching: bool) -> Decimal:
    top = units if tier.to_value is None else min(units, tier.to_value)
    if tier.from_value == 0:
        return top
    return top - tier.from_value + (0 if touching else 1)


def _detail(tier: Tier, units: Decimal) -> dict[str, Any]:
    total = units * tier.per_unit_amount
    return {
        "from_value": tier.stored["from_value"],
        "to_value": tier.stored["to_value"],
        "flat_unit_amount": decimal_text(tier.flat_amount),
        "per_unit_amount": decimal_text(share(total, units)),
        "units": decimal_text(units),
        "per_unit_total_amount": decimal_text(total),
        "total_with_flat_amount": decimal_text(total + tier.flat_amount),
    }
