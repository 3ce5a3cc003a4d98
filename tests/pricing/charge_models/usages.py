"""Usages and tiers to price."""

from decimal import Decimal
from itertools import accumulate

from lago.pricing.charge_models import CHARGE_MODELS, price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import FeeAmounts, Price, Usage


def usage(units: str, full_units: str | None = None) -> Usage:
    return Usage(Decimal(units), 1, None if full_units is None else Decimal(full_units))


def sums(values: list[str], properties: dict, model: str = "percentage") -> Usage:
    """The usage of a sum metric: of its events, in order of time, what the model needs (01 §3.10)."""
    numbers, needs = [Decimal(value) for value in values], CHARGE_MODELS[model].needs(properties)
    totals = list(accumulate(numbers))
    until = next((index for index, total in enumerate(totals) if total > needs.totals_until), len(totals))
    cut = totals[: needs.first_totals or until + 1] if needs.running_totals else []
    return Usage(
        sum(numbers, Decimal(0)), len(numbers), running_totals=cut, event_values=numbers if needs.event_values else (),
    )


def counts(events: int) -> Usage:
    """The usage of a count metric."""
    return Usage(
        Decimal(events), events, running_totals=range(1, events + 1), event_values=[Decimal(1)] * events,
    )


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
