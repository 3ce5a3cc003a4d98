"""Percentage charges: the tables of 02 §3.6."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.charge_models import CHARGE_MODELS, price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import Needs, Usage
from tests.pricing.charge_models.plain_percentage import plain_amount
from tests.pricing.charge_models.usages import counts, sums
from tests.pricing.steady import steady

EVENTS = ["100", "50", "300", "20"]


def terms(events=None, amount=None, bounds=(None, None), rate="2", fixed="0.25"):
    return {
        "rate": rate, "fixed_amount": fixed,
        "free_units_per_events": events, "free_units_per_total_aggregation": amount,
        "per_transaction_min_amount": bounds[0], "per_transaction_max_amount": bounds[1],
    }


def percentage(usage, properties):
    return price_usage("percentage", usage, properties, "EUR")


BOUNDS = ("1", "5")


@pytest.mark.parametrize("events, amount, bounds, free_units, free_events, price", [
    (None, None, (None, None), "0.0", 0, "10.40"),
    (2, None, (None, None), "150.0", 2, "6.90"),
    (None, "120", (None, None), "120.0", 1, "7.75"),
    (None, "150", (None, None), "150.0", 1, "7.15"),
    (2, "120", (None, None), "120.0", 1, "7.75"),
    (2, "500", (None, None), "150.0", 2, "6.90"),
    (5, None, (None, None), "470.0", 4, "0"),
    (None, None, BOUNDS, "0.0", 0, "9.50"),
    (2, None, BOUNDS, "150.0", 2, "6.00"),
    (None, "120", BOUNDS, "120.0", 1, "7.00"),
    (None, "150", BOUNDS, "150.0", 1, "7.00"),
    (2, "120", BOUNDS, "120.0", 1, "7.00"),
    (1, "500", BOUNDS, "100.0", 1, "0"),
])
def test_four_events(events, amount, bounds, free_units, free_events, price):
    properties = terms(events, amount, bounds)
    found = percentage(sums(EVENTS, properties), properties)
    details = found.amount_details
    assert (details["free_units"], details["free_events"], found.amount) == (free_units, free_events, Decimal(price))


@pytest.mark.parametrize("events, amount, free_units, free_events, price", [
    (3, "1", "3.0", 3, "0.27"), (None, "2", "2.0", 1, "0.79"), (4, None, "4.0", 4, "0"), (9, None, "4.0", 4, "0"),
])
def test_a_count_of_four(events, amount, free_units, free_events, price):
    found = percentage(counts(4), terms(events, amount))
    details = found.amount_details
    assert (details["free_units"], details["free_events"], found.amount) == (free_units, free_events, Decimal(price))


@pytest.mark.parametrize("bounds, price", [((None, None), "1.95"), (("1", None), "4.25"), (("", "0.5"), "0.20")])
def test_values_may_fall(bounds, price):
    """Between 2.25, -0.55 and 0.25 for the events: their plain sum, or no less than 1 or no more than 0.5 each."""
    properties = terms(bounds=bounds)
    assert percentage(sums(["100", "-40", "0"], properties), properties).amount == Decimal(price)


def test_fractions_are_rounded_once():
    properties = terms(rate="1.25", fixed="0.10")
    found = percentage(sums(["200", "40.5", "0.01"], properties), properties)
    assert (found.amount, fee_amounts(found, "EUR").amount_cents) == (Decimal("3.306375"), 331)


def test_metrics_without_running_totals_have_free_events_only():
    found = percentage(Usage(Decimal(300), 4), terms(3, "100"))
    details = found.amount_details
    assert (details["free_units"], details["free_events"], found.amount) == ("0.0", 3, Decimal("6.25"))


def test_a_maximum_is_priced_at_its_event_and_the_others_at_nothing():
    usage = Usage(Decimal(300), 3, event_values=[Decimal(0), Decimal(300), Decimal(0)])
    assert percentage(usage, terms(bounds=("1", "5"))).amount == 7


def test_running_totals_are_no_use_where_nothing_is_free():
    assert percentage(counts(4), terms()).amount == Decimal("1.08")


@pytest.mark.parametrize("values, amount", [(["10", "-10"], "0"), ([], "0"), (["5", "-10"], "0")])
def test_no_units_cost_nothing(values, amount):
    assert percentage(sums(values, terms()), terms()).amount == Decimal(amount)


def test_details():
    assert percentage(sums(EVENTS, terms(2)), terms(2)).amount_details == {
        "units": "470.0", "free_units": "150.0", "free_events": 2, "paid_units": "320.0", "rate": "2.0",
        "per_unit_total_amount": "6.4", "paid_events": 2, "fixed_fee_unit_amount": "0.25",
        "fixed_fee_total_amount": "0.5",
    }


def test_details_with_bounds_tell_what_they_add():
    properties = terms(bounds=BOUNDS)
    assert percentage(sums(EVENTS, properties), properties).amount_details["min_max_adjustment_total_amount"] == "-0.9"


def test_details_where_every_event_is_free():
    details = percentage(sums(EVENTS, terms(5)), terms(5)).amount_details
    assert (details["paid_events"], details["fixed_fee_unit_amount"], details["paid_units"]) == (0, "0.0", "0.0")


def test_the_share_is_a_number_where_more_is_free_than_there_is():
    usage = Usage(Decimal(5), 2, running_totals=[Decimal(10), Decimal(5)])
    assert percentage(usage, terms(1)).amount_details["per_unit_total_amount"] == 0


@pytest.mark.parametrize("properties, needs", [
    (terms(), Needs()),
    (terms(3), Needs(first_totals=3)),
    (terms(None, "120"), Needs(totals_until=Decimal(120))),
    (terms(3, "120"), Needs(first_totals=3)),
    (terms(bounds=(None, "5")), Needs(event_values=True)),
    (terms(bounds=("", "")), Needs()),
    (terms(bounds=("0", None)), Needs(event_values=True)),
])
def test_needs(properties, needs):
    assert CHARGE_MODELS["percentage"].needs(properties) == needs


@pytest.mark.parametrize("properties, asked", [(terms(), False), (terms(3), True), (terms(None, "120"), True)])
def test_running_totals_are_asked_for_where_something_is_free(properties, asked):
    assert CHARGE_MODELS["percentage"].needs(properties).running_totals is asked


ORDER = "per_transaction_max_lower_than_per_transaction_min"


@pytest.mark.parametrize("properties, codes", [
    ({"rate": "2"}, []),
    ({"rate": "200"}, []),
    (terms(2, "120", ("1", "1")), []),
    (terms(bounds=("", "")), []),
    ({}, ["invalid_rate"]),
    ({"rate": 2}, ["invalid_rate"]),
    (terms(fixed=""), ["invalid_fixed_amount"]),
    (terms(fixed=5), ["invalid_fixed_amount"]),
    (terms(0), ["invalid_free_units_per_events"]),
    (terms("3"), ["invalid_free_units_per_events"]),
    (terms(10**18), []),
    (terms(10**18 + 1), ["invalid_free_units_per_events"]),
    (terms(True), ["invalid_free_units_per_events"]),
    (terms(None, ""), ["invalid_free_units_per_total_aggregation"]),
    (terms(None, 5), ["invalid_free_units_per_total_aggregation"]),
    (terms(bounds=("x", None)), ["invalid_amount"]),
    (terms(bounds=("x", "-1")), ["invalid_amount", "invalid_amount"]),
    (terms(bounds=("2", "1")), [ORDER]),
    (terms(bounds=("10", "9")), [ORDER]),
    (terms(0, 5, ("2", "1"), "x", 5), [
        "invalid_rate", "invalid_fixed_amount", "invalid_free_units_per_events",
        "invalid_free_units_per_total_aggregation", ORDER,
    ]),
])
def test_problems(properties, codes):
    assert CHARGE_MODELS["percentage"].problems(properties) == codes


values = st.lists(st.decimals(-50, 500, places=2).map(str), max_size=8)
prices = st.decimals(0, 20, places=3).map(str)


@steady
@given(values, st.none() | st.integers(1, 9), st.none() | st.decimals(0, 900, places=1).map(str), prices, prices)
def test_it_is_what_a_plain_computation_gives(values, events, amount, rate, fixed):
    properties = terms(events, amount, rate=rate, fixed=fixed)
    usage = sums(values, properties)
    found = CHARGE_MODELS["percentage"].price(usage, properties, "EUR").amount
    assert found == plain_amount([Decimal(value) for value in values], properties)


@steady
@given(values, st.none() | st.integers(1, 9), st.none() | st.decimals(0, 900, places=1).map(str), prices, prices)
def test_with_bounds_too(values, events, amount, rate, fixed):
    properties = terms(events, amount, ("1", "5"), rate=rate, fixed=fixed)
    found = CHARGE_MODELS["percentage"].price(sums(values, properties), properties, "EUR").amount
    assert found == plain_amount([Decimal(value) for value in values], properties)


@steady
@given(st.integers(0, 40), st.tuples(st.integers(1, 9), st.none()) | st.tuples(st.none(), st.just("7.5")))
def test_counting_is_summing_ones(events, free):
    """But where both events and an amount are free: the totals of a sum end with the free events (02 §12-5)."""
    properties = terms(*free)
    assert percentage(counts(events), properties) == percentage(sums(["1"] * events, properties), properties)


@steady
@given(st.integers(0, 60), st.integers(0, 60), st.none() | st.integers(1, 9), st.none() | st.just("12.5"))
def test_more_events_never_cost_less(one, other, free, amount):
    lower, upper = (percentage(counts(events), terms(free, amount)) for events in sorted((one, other)))
    assert lower.amount <= upper.amount


def test_a_million_events_are_not_counted_one_by_one():
    usage = Usage(Decimal(10**12), 10**12, running_totals=range(1, 10**12 + 1))
    assert percentage(usage, terms(None, "5000000000")).amount_details["free_events"] == 5 * 10**9 - 1
