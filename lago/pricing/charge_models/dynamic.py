"""Dynamic: the events themselves name what they cost (02 §3.8)."""

from collections.abc import Mapping
from typing import Any

from lago.pricing.charge_models.pricing import ZERO, priced
from lago.pricing.fees import major_units
from lago.pricing.rounding import exact
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ()
DEFAULTS: dict[str, Any] = {}


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """The sum of what the events name; nothing where units come to 0, whatever they name."""
    return priced(usage, major_units(usage.precise_total_amount_cents, currency) if usage.units else ZERO, {})


def needs(properties: Mapping[str, Any]) -> Needs:
    """The amounts of the events."""
    return Needs(precise_amounts=True)


def problems(properties: Mapping[str, Any]) -> list[str]:
    """No error codes: there are no properties (02 §2.4)."""
    return []
