"""Usages and tiers to price."""

from decimal import Decimal

from lago.pricing.charge_models import price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import FeeAmounts, Price, Usage


def usage(units: str, full_units: str | None = None) -> Usage:
    return Usage(Decimal(units), 1, None if full_units is None else Decimal(full_units))


def price(model: str, properties: dict, units: str, full_units: str | None = None) -> Price:
    return price_usage(model, usage(units, full_units), properties, "EUR")


def fee(model: str, properties: dict, units: str, currency: str = "EUR") -> FeeAmounts:
    return fee_amounts(price(model, properties, units), currency)


def tiers(*rows: tuple) -> list[dict]:
    """Tiers from rows of first unit, last unit, price of a unit and flat amount."""
    return [
        {"from_value": first, "to_value": last, "per_unit_amount": each, "flat_amount": flat}
        for first, last, each, flat in rows
    ]
