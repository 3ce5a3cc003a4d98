"""The price of one event of a charge that is paid in advance, billed or estimated (02 §6.2, §6.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.charge_models.percentage_terms import read_terms
from lago.pricing.charge_models.pricing import ZERO, share
from lago.pricing.currencies import CURRENCIES
from lago.pricing.in_advance_details import details_of_event
from lago.pricing.in_advance_units import NewUnits
from lago.pricing.rounding import exact, round_to
from lago.pricing.values import Price, Usage

BEGIN_WITH_A_FLAT_AMOUNT = ("graduated", "graduated_percentage")

NOTHING = Price(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class EventUsage:
    """The usage up to and including an event, that without it, and the units that its fee shows."""

    including: Usage
    excluding: Usage
    units: Decimal


@exact
def usage_of_event(
    including: Usage, new: NewUnits, aggregation_type: str, precise_total_amount_cents: Decimal = ZERO
) -> EventUsage:
    """What an event, the last one of the plain usage `including` it, changes (02 §6.2).

    `precise_total_amount_cents`: what the event itself names. Free units take the running totals with the event on
    both sides. Only of sums is it taken from the values of the events, so that a count with bounds costs nothing.
    """
    excluding = replace(
        including,
        units=including.units - new.billed,
        events_count=including.events_count - 1,
        event_values=including.event_values[: -1 if aggregation_type == "sum_agg" else None],
        precise_total_amount_cents=including.precise_total_amount_cents - precise_total_amount_cents,
    )
    return EventUsage(including, excluding, new.shown)


@exact
def event_price(model_name: str, properties: Mapping[str, Any], usage: EventUsage, currency: str) -> Price:
    """What the fee of an event costs: the price with it less the price without, of which only the difference rounds.

    The first units of a graduated charge pay the first flat amount: nothing was paid before them (02 §6.2).
    """
    including = CHARGE_MODELS[model_name].price(usage.including, properties, currency)
    excluding = NOTHING
    if usage.excluding.units or model_name not in BEGIN_WITH_A_FLAT_AMOUNT:
        excluding = CHARGE_MODELS[model_name].price(usage.excluding, properties, currency)
    details = details_of_event(model_name, including.amount_details, excluding.amount_details)
    return _fee(usage.units, including.amount - excluding.amount, details, currency)


@exact
def estimated_price(model_name: str, properties: Mapping[str, Any], usage: EventUsage, currency: str) -> Price:
    """What an event would cost after the stored ones; a first flat amount is taken as paid already (02 §6.5)."""
    model = CHARGE_MODELS[model_name]
    including = model.price(usage.including, properties, currency).amount
    return _fee(usage.units, including - model.price(usage.excluding, properties, currency).amount, {}, currency)


@exact
def instant_price(model_name: str, properties: Mapping[str, Any], units: Decimal, currency: str) -> Price:
    """What one event of `units` costs by itself, without free units (01 §1.12): standard and percentage charges only.

    `units`: after the metric's rounding. Less than nothing is a zero fee.
    """
    if units < 0:
        return NOTHING
    if model_name == "percentage":
        return _fee(units, read_terms(properties).price_of_event(units), {}, currency)
    return _fee(units, CHARGE_MODELS["standard"].price(Usage(units, 1), properties, currency).amount, {}, currency)


def _fee(units: Decimal, amount: Decimal, details: dict[str, Any], currency: str) -> Price:
    """Its unit price is that of the rounded amount; none where there are no units (02 §6.2, §6.3)."""
    if amount < 0:
        return Price(ZERO, ZERO, ZERO, details)
    return Price(units, amount, share(round_to(amount, CURRENCIES[currency].exponent), units), details)
