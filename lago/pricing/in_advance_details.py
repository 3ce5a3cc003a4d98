"""The `amount_details` of the fee of one event: what it adds to those of the usage before it (02 §6.2).

Percentage and graduated percentage charges have them, other models have none.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from lago.pricing.charge_models.pricing import share
from lago.pricing.rounding import decimal_text, round_to

Details = Mapping[str, Any]

DIFFERENCES = (
    "units", "paid_units", "free_events", "paid_events",
    "fixed_fee_total_amount", "min_max_adjustment_total_amount", "per_unit_total_amount",
)
"""The figures of a percentage charge that an event adds to; the amount of bounds is absent where there are none."""


def details_of_event(model_name: str, including: Details, excluding: Details) -> dict[str, Any]:
    """The details of an event's fee, from those of the usage with it and without it."""
    return _MODELS[model_name](including, excluding) if model_name in _MODELS else {}


def _percentage(including: Details, excluding: Details) -> dict[str, Any]:
    """All texts, also the counts of events; free is what is not paid."""
    added = {name: _difference(name, including, excluding) for name in DIFFERENCES}
    added["free_units"] = added["units"] - added["paid_units"]
    unchanged = {name: including[name] for name in ("rate", "fixed_fee_unit_amount")}
    return unchanged | {name: decimal_text(value) for name, value in added.items()}


def _graduated_percentage(including: Details, excluding: Details) -> dict[str, Any]:
    key = "graduated_percentage_ranges"
    tiers: Iterable[tuple[Details, Details]] = zip_longest(including[key], excluding.get(key, ()), fillvalue={})
    return {key: [_tier(now, before) for now, before in tiers]}


def _tier(including: Details, excluding: Details) -> dict[str, Any]:
    """What the event adds to a tier; nothing of its flat amount where that was reached before."""
    flat, units, total = (
        _difference(name, including, excluding) for name in ("flat_unit_amount", "units", "total_with_flat_amount")
    )
    return {
        "from_value": including["from_value"],
        "to_value": including["to_value"],
        "flat_unit_amount": decimal_text(flat),
        "rate": including["rate"],
        "units": decimal_text(units),
        "per_unit_total_amount": decimal_text(round_to(share(total, units), 2)) if units > 0 else "0.0",
        "total_with_flat_amount": decimal_text(total),
    }


def _difference(name: str, including: Details, excluding: Details) -> Decimal:
    return Decimal(including.get(name, 0)) - Decimal(excluding.get(name, 0))


_MODELS: dict[str, Callable[[Details, Details], dict[str, Any]]] = {
    "percentage": _percentage,
    "graduated_percentage": _graduated_percentage,
}
