"""Tiers of graduated, graduated percentage and volume charges: reading stored ones, checking given ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from lago.pricing.charge_models.validation import Problems, bound, is_amount
from lago.pricing.rounding import exact


@dataclass(frozen=True)
class Tier:
    """Units from `from_value` to `to_value` (None: without end); `stored` is the JSON that it was read from."""

    from_value: Decimal
    to_value: Decimal | None
    per_unit_amount: Decimal
    flat_amount: Decimal
    stored: Mapping[str, Any]


def price_of_unit(row: Mapping[str, Any]) -> Decimal:
    """What a unit of the tier costs, where the tier says so."""
    return Decimal(row["per_unit_amount"])


def share_of_unit(row: Mapping[str, Any]) -> Decimal:
    """What a unit of the tier costs, where the tier names a percentage."""
    return Decimal(row["rate"]).scaleb(-2)


def read_tiers(
    ranges: list[Mapping[str, Any]], unit_price: Callable[[Mapping[str, Any]], Decimal] = price_of_unit
) -> list[Tier]:
    """The tiers of valid `ranges`, in the given order; one that does not say where it ends has no end."""
    return [
        Tier(
            bound(row["from_value"]) or Decimal(0),
            bound(row.get("to_value")),
            unit_price(row),
            Decimal(row["flat_amount"]),
            {"to_value": None, **row},
        )
        for row in ranges
    ]


def reached(tiers: list[Tier], units: Decimal) -> list[Tier]:
    """The tiers up to and including the first that does not end below `units`; no units reach the first (02 §3.3)."""
    full = list(takewhile(lambda tier: tier.to_value is not None and tier.to_value < units, tiers))
    return tiers[: len(full) + 1]


@exact
def tier_problems(properties: Mapping[str, Any], key: str, amounts: Mapping[str, str], step: int) -> list[str]:
    """The error codes of the tiers under `key` (02 §2.4).

    `amounts` names each amount of a tier and the code of a bad one; `step` is how far after a tier's `to_value` the
    next one is expected: 0 (they may touch) or 1.
    """
    ranges = properties.get(key)
    if not isinstance(ranges, list) or not ranges:
        return [f"missing_{key}"]
    problems, expected = Problems(), Decimal(0)
    for position, given in enumerate(ranges, start=1):
        tier: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        for name, code in amounts.items():
            problems.check(is_amount(tier.get(name)), name, code)
        problems.check(_follows(tier, expected, position == len(ranges)), key, f"invalid_{key}")
        expected = (bound(tier.get("to_value")) or Decimal(0)) + step
    return problems.codes()


def _follows(tier: Mapping[str, Any], expected: Decimal, is_last: bool) -> bool:
    start, end = bound(tier.get("from_value")), bound(tier.get("to_value"))
    if start is None or start not in (expected, expected + 1):
        return False
    return tier.get("to_value") is None if is_last else end is not None and end > start
