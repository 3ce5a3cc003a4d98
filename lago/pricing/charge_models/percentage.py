"""Percentage: a share of the units and a fixed amount for each event (02 §3.6)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.free_units import free_events, free_units
from lago.pricing.charge_models.per_transaction import amount_by_event
from lago.pricing.charge_models.percentage_terms import PercentageTerms, read_terms
from lago.pricing.charge_models.pricing import ZERO, priced
from lago.pricing.charge_models.validation import Problems, is_amount, is_count
from lago.pricing.rounding import decimal_text, exact
from lago.pricing.values import Needs, Price, Usage

BOUNDS = ("per_transaction_min_amount", "per_transaction_max_amount")
KEYS: tuple[str, ...] = (
    "rate", "fixed_amount", "free_units_per_events", "free_units_per_total_aggregation", *BOUNDS,
)
DEFAULTS: dict[str, Any] = {"rate": "0"}
_MOST_FREE_EVENTS = 10**18  # the first so many events are asked of the database, which counts to 2^63


@exact
def price(usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """The share of the units that are not free and the fixed amounts, or, with bounds, the sum of the events' prices.

    Free units and events are in the details even where bounds make each event count by itself.
    """
    terms = read_terms(properties)
    totals = usage.running_totals if terms.has_free_units else ()
    free, unpaid = free_units(totals, terms), min(usage.events_count, free_events(totals, terms))
    share = ZERO if free > usage.units else terms.share(usage.units - free)
    fixed = (usage.events_count - unpaid) * terms.fixed_amount if usage.units else ZERO
    amount = amount_by_event(usage.event_values, terms) if terms.is_bounded else share + fixed
    details = _units_details(usage, free, share, terms) | _events_details(usage, unpaid, fixed, terms)
    if terms.is_bounded:
        details["min_max_adjustment_total_amount"] = decimal_text(amount - share - fixed)
    return priced(usage, amount, details)


def needs(properties: Mapping[str, Any]) -> Needs:
    """Running totals as far as something is free (01 §3.10); the values of all events if there are bounds."""
    terms = read_terms(properties)
    until = ZERO if terms.free_events else terms.free_amount
    return Needs(first_totals=terms.free_events, totals_until=until, event_values=terms.is_bounded)


def problems(properties: Mapping[str, Any]) -> list[str]:
    """Error codes of `properties` (02 §2.4)."""
    found = Problems()
    per_events = properties.get("free_units_per_events")
    found.check(is_amount(properties.get("rate")), "rate", "invalid_rate")
    found.check(_is_amount_or(properties, "fixed_amount", None), "fixed_amount", "invalid_fixed_amount")
    found.check(
        per_events is None or is_count(per_events, least=1, most=_MOST_FREE_EVENTS),
        "free_units_per_events", "invalid_free_units_per_events",
    )
    found.check(
        _is_amount_or(properties, "free_units_per_total_aggregation", None),
        "free_units_per_total_aggregation", "invalid_free_units_per_total_aggregation",
    )
    _check_bounds(found, properties)
    return found.codes()


def _units_details(usage: Usage, free: Decimal, share: Decimal, terms: PercentageTerms) -> dict[str, Any]:
    """The share is the number 0, not a text, where more is free than there is."""
    return {
        "units": decimal_text(usage.units),
        "free_units": decimal_text(free),
        "paid_units": decimal_text(max(usage.units - free, ZERO)),
        "rate": decimal_text(terms.rate),
        "per_unit_total_amount": 0 if free > usage.units else decimal_text(share),
    }


def _events_details(usage: Usage, unpaid: int, fixed: Decimal, terms: PercentageTerms) -> dict[str, Any]:
    paid = usage.events_count - unpaid
    return {
        "free_events": unpaid,
        "paid_events": paid,
        "fixed_fee_unit_amount": decimal_text(terms.fixed_amount if paid > 0 else ZERO),
        "fixed_fee_total_amount": decimal_text(fixed),
    }


def _check_bounds(found: Problems, properties: Mapping[str, Any]) -> None:
    for name in BOUNDS:
        found.check(_is_amount_or(properties, name, None, ""), name, "invalid_amount")
    least, most = (properties.get(name) for name in BOUNDS)
    in_order = not (is_amount(least) and is_amount(most)) or Decimal(least) <= Decimal(most)
    found.check(in_order, BOUNDS[1], "per_transaction_max_lower_than_per_transaction_min")


def _is_amount_or(properties: Mapping[str, Any], name: str, *others: Any) -> bool:
    given = properties.get(name)
    return given in others or is_amount(given)
