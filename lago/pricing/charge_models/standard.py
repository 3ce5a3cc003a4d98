"""Standard: every unit costs the same (02 §3.2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.pricing import priced
from lago.pricing.charge_models.validation import Problems, is_amount
from lago.pricing.rounding import exact
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ("amount",)
DEFAULTS: dict[str, Any] = {"amount": "0"}


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """Units times `amount`."""
    return priced(usage, usage.units * Decimal(properties["amount"]), {})


def needs(properties: Mapping[str, Any]) -> Needs:
    """Nothing besides units and count."""
    return Needs()


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    found = Problems()
    found.check(is_amount(properties.get("amount")), "amount", "invalid_amount")
    return found.codes()
