"""Package: units are sold in packages, begun ones in full (02 §3.5)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.pricing import ZERO, priced, share
from lago.pricing.charge_models.validation import Problems, is_amount, is_count
from lago.pricing.rounding import decimal_text, exact, packages_in_doubles
from lago.pricing.values import Needs, Price, Usage

KEYS: tuple[str, ...] = ("amount", "free_units", "package_size")
DEFAULTS: dict[str, Any] = {"package_size": 1, "amount": "0", "free_units": 0}
NO_USAGE = {
    "free_units": "0.0",
    "paid_units": "0.0",
    "per_package_size": 0,
    "per_package_unit_amount": "0.0",
}


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """Packages for the units beyond the free ones; the unit price is per paid unit."""
    paid = max(ZERO, usage.units - properties["free_units"])
    amount = packages_in_doubles(paid, properties["package_size"]) * Decimal(properties["amount"])
    details = _details(properties, paid) if usage.units else dict(NO_USAGE)
    return priced(usage, amount, details, unit_amount=share(amount, paid))


def needs(properties: Mapping[str, Any]) -> Needs:
    """Nothing besides units and count."""
    return Needs()


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    found = Problems()
    found.check(is_amount(properties.get("amount")), "amount", "invalid_amount")
    found.check(is_count(properties.get("free_units"), least=0), "free_units", "invalid_free_units")
    found.check(is_count(properties.get("package_size"), least=1), "package_size", "invalid_package_size")
    return found.codes()


def _details(properties: Mapping[str, Any], paid: Decimal) -> dict[str, Any]:
    return {
        "free_units": decimal_text(Decimal(properties["free_units"])),
        "paid_units": decimal_text(paid),
        "per_package_size": properties["package_size"],
        "per_package_unit_amount": decimal_text(Decimal(properties["amount"])),
    }
