"""Fees of single events: the examples of 01 §5.14, §5.15 and 02 §6.2, §6.3, §6.5."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.fees import fee_amounts
from lago.pricing.in_advance import EventUsage, estimated_price, event_price, instant_price, usage_of_event
from lago.pricing.in_advance_units import NewUnits, new_units
from lago.pricing.rounding import ratio_in_doubles16
from lago.pricing.values import Price, Usage
from tests.pricing.charge_models.usages import counts, sums, tiers
from tests.pricing.steady import steady

GRADUATED = {"graduated_ranges": tiers((0, 2, "5", "1"), (3, None, "3", "2"))}
PACKAGES = {"package_size": 3, "amount": "4", "free_units": 1}
PERCENTAGE = {"rate": "2", "fixed_amount": "0.25"}
RATES = {"graduated_percentage_ranges": [
    {"from_value": 0, "to_value": 100, "rate": "1", "flat_amount": "10"},
    {"from_value": 101, "to_value": None, "rate": "3", "flat_amount": "5"},
]}


def summed(model, properties, values, price=event_price):
    """The prices of the events of a sum metric, one after the other."""
    prices, state = [], None
    for count in range(1, len(values) + 1):
        new = new_units("sum_agg", Decimal(values[count - 1]), state)
        including = sums(values[:count], properties, model)
        prices.append(price(model, properties, usage_of_event(including, new, "sum_agg"), "EUR"))
        state = new.state
    return prices


def counted(model, properties, events, price=event_price):
    """The prices of the events of a count metric."""
    new = new_units("count_agg", Decimal(1), None)
    usages = [usage_of_event(counts(count), new, "count_agg") for count in range(1, events + 1)]
    return [price(model, properties, usage, "EUR") for usage in usages]


def cents(prices):
    return [fee_amounts(price, "EUR").amount_cents for price in prices]


@pytest.mark.parametrize("values, expected, units", [
    (["10", "-5", "3", "5"], [2000, 0, 0, 600], [10, 0, 3, 3]),
    (["-4", "10"], [0, 2000], [0, 10]),
    (["5", "-3", "2", "4"], [1000, 0, 0, 600], [5, 0, 2, 3]),
])
def test_a_sum_at_a_price_of_2(values, expected, units):
    prices = summed("standard", {"amount": "2"}, values)
    assert (cents(prices), [price.units for price in prices]) == (expected, units)


@pytest.mark.parametrize("model, properties, expected", [
    ("package", PACKAGES, [0, 400, 0, 0, 400, 0, 0]),
    ("graduated", GRADUATED, [600, 500, 500, 300]),
    ("standard", {"amount": "0.004"}, [0, 0, 0, 0, 0]),
])
def test_events_of_one_unit(model, properties, expected):
    assert cents(counted(model, properties, len(expected))) == expected


def test_a_graduated_percentage_pays_its_first_flat_amount_with_the_first_event():
    """1 % of 60 and 10; 1 % of 40, 3 % of 20 and 5."""
    assert cents(summed("graduated_percentage", RATES, ["60", "60"])) == [1060, 600]


def test_the_first_flat_amount_is_no_part_of_an_estimate():
    assert cents(counted("graduated", GRADUATED, 3, estimated_price)) == [500, 500, 500]
    assert cents(summed("graduated_percentage", RATES, ["60"], estimated_price)) == [60]


def test_an_estimate_has_no_details():
    assert [price.amount_details for price in counted("percentage", PERCENTAGE, 2, estimated_price)] == [{}, {}]


def test_percentage_with_two_free_events():
    prices = summed("percentage", PERCENTAGE | {"free_units_per_events": 2}, ["100", "50", "300"])
    assert cents(prices) == [0, 0, 625]
    assert fee_amounts(prices[-1], "EUR").precise_unit_amount == Decimal("0.020833333333333")
    assert (prices[-1].units, prices[-1].amount_details) == (300, {
        "rate": "2.0", "fixed_fee_unit_amount": "0.25", "units": "300.0", "free_units": "0.0", "paid_units": "300.0",
        "free_events": "0.0", "paid_events": "1.0", "fixed_fee_total_amount": "0.25",
        "min_max_adjustment_total_amount": "0.0", "per_unit_total_amount": "6.0",
    })


def test_a_free_event_shows_its_units_as_free():
    first, *_ = summed("percentage", PERCENTAGE | {"free_units_per_events": 2}, ["100", "50", "300"])
    free = {name: first.amount_details[name] for name in ("units", "free_units", "paid_units", "free_events")}
    assert free == {"units": "100.0", "free_units": "100.0", "paid_units": "0.0", "free_events": "1.0"}


def test_bounds_hold_for_each_event():
    bounded = PERCENTAGE | {"per_transaction_min_amount": "1", "per_transaction_max_amount": "5"}
    prices = summed("percentage", bounded, ["100", "300", "20"])
    assert cents(prices) == [225, 500, 100]
    assert [price.amount_details["min_max_adjustment_total_amount"] for price in prices] == ["0.0", "-1.25", "0.35"]


@pytest.mark.parametrize("kind", ["count_agg", "unique_count_agg"])
def test_with_bounds_a_count_costs_nothing(kind):
    """The source does not take the event from the list of a count (02 §6.2)."""
    bounded = PERCENTAGE | {"per_transaction_min_amount": "1"}
    usage = usage_of_event(counts(3), new_units(kind, Decimal(1), None), kind)
    assert event_price("percentage", bounded, usage, "EUR").amount == 0


def test_no_units_have_no_unit_price():
    """The fixed amount of an event of value 0."""
    *_, price = summed("percentage", PERCENTAGE, ["10", "0"])
    assert (price.units, price.amount, price.unit_amount) == (0, Decimal("0.25"), 0)


def test_less_than_nothing_is_a_zero_fee():
    *_, price = summed("percentage", PERCENTAGE | {"per_transaction_max_amount": "5"}, ["100", "-100"])
    assert (price.units, price.amount, price.unit_amount) == (0, 0, 0)


def test_details_of_graduated_percentages_are_differences():
    """1 % of 40, then 5 and 3 % of 20: 5.6 for 20 units are 0.28 each."""
    _, price = summed("graduated_percentage", RATES, ["60", "60"])
    assert price.amount_details == {"graduated_percentage_ranges": [
        {"from_value": 0, "to_value": 100, "flat_unit_amount": "0.0", "rate": "1.0", "units": "40.0",
         "per_unit_total_amount": "0.01", "total_with_flat_amount": "0.4"},
        {"from_value": 101, "to_value": None, "flat_unit_amount": "5.0", "rate": "3.0", "units": "20.0",
         "per_unit_total_amount": "0.28", "total_with_flat_amount": "5.6"},
    ]}


def test_the_first_event_shows_the_first_flat_amount():
    price, *_ = summed("graduated_percentage", RATES, ["60"])
    (tier,) = price.amount_details["graduated_percentage_ranges"]
    assert (tier["flat_unit_amount"], tier["total_with_flat_amount"], tier["per_unit_total_amount"]) == (
        "10.0", "10.6", "0.18",
    )


def test_a_full_tier_adds_nothing():
    *_, price = summed("graduated_percentage", RATES, ["100", "20"])
    first, _ = price.amount_details["graduated_percentage_ranges"]
    assert (first["units"], first["per_unit_total_amount"]) == ("0.0", "0.0")


@pytest.mark.parametrize("model, properties", [("standard", {"amount": "1"}), ("graduated", GRADUATED)])
def test_other_models_have_no_details(model, properties):
    assert counted(model, properties, 1)[0].amount_details == {}


def test_a_dynamic_event_costs_what_it_names():
    usage = Usage(Decimal(7), 2, precise_total_amount_cents=Decimal("153.83"))
    new = NewUnits(Decimal(3), Decimal(3), None)
    price = event_price("dynamic", {}, usage_of_event(usage, new, "sum_agg", Decimal("33.33")), "EUR")
    assert (price.amount, price.unit_amount) == (Decimal("0.3333"), Decimal("0.11"))


def test_a_prorated_event_pays_for_the_days_that_are_left():
    """+6 on 10 April on top of 10 at a price of 10: 01 §5.15."""
    new = new_units("sum_agg", Decimal(6), None, ratio_in_doubles16(21, 30))
    price = event_price("standard", {"amount": "10"}, usage_of_event(Usage(Decimal(16), 2), new, "sum_agg"), "EUR")
    assert price == Price(Decimal(6), Decimal(42), Decimal(7), {})


def test_the_unit_price_is_that_of_the_rounded_amount():
    usage = EventUsage(Usage(Decimal(3), 1), Usage(Decimal(0), 0), Decimal(3))
    found = fee_amounts(event_price("standard", {"amount": "0.004"}, usage, "EUR"), "EUR")
    assert (found.amount_cents, found.precise_amount_cents, found.precise_unit_amount) == (
        1, Decimal("1.2"), Decimal("0.003333333333333"),
    )


def test_an_amount_is_rounded_to_the_decimals_of_its_currency():
    usage = EventUsage(Usage(Decimal(3), 1), Usage(Decimal(0), 0), Decimal(3))
    assert event_price("standard", {"amount": "0.5"}, usage, "JPY").unit_amount * 3 == pytest.approx(2)


BOUNDED = PERCENTAGE | {"per_transaction_min_amount": "1", "per_transaction_max_amount": "5"}


@pytest.mark.parametrize("model, properties, units, amount, unit_amount", [
    ("standard", {"amount": "0.0375"}, "10", "0.375", "0.038"),
    ("standard", {"amount": "0.0375"}, "0", "0", "0"),
    ("standard", {"amount": "0.0375"}, "-2", "0", "0"),
    ("percentage", {"rate": "2"}, "100", "2", "0.02"),
    ("percentage", PERCENTAGE, "100", "2.25", "0.0225"),
    ("percentage", PERCENTAGE, "0", "0.25", "0"),
    ("percentage", PERCENTAGE | {"free_units_per_events": 5}, "100", "2.25", "0.0225"),
    ("percentage", BOUNDED, "10", "1", "0.1"),
    ("percentage", BOUNDED, "500", "5", "0.01"),
    ("percentage", BOUNDED, "-1", "0", "0"),
])
def test_instant_estimates(model, properties, units, amount, unit_amount):
    price = instant_price(model, properties, Decimal(units), "EUR")
    shown = max(Decimal(units), Decimal(0))
    assert price == Price(shown, Decimal(amount), Decimal(unit_amount), {})


events = st.lists(st.decimals(0, 200, places=2).filter(bool).map(str), min_size=1, max_size=8)


@steady
@given(events, st.sampled_from([
    ("standard", {"amount": "0.123"}), ("package", PACKAGES), ("graduated", GRADUATED), ("percentage", PERCENTAGE),
    ("percentage", BOUNDED), ("graduated_percentage", RATES),
]))
def test_no_cent_is_lost_over_the_events(values, model_and_properties):
    """Unrounded, the events of rising usage cost together what all of it costs in arrears."""
    model, properties = model_and_properties
    whole = CHARGE_MODELS[model].price(sums(values, properties, model), properties, "EUR").amount
    assert sum(price.amount for price in summed(model, properties, values)) == whole


@steady
@given(events, st.sampled_from([("percentage", PERCENTAGE), ("percentage", BOUNDED)]))
def test_details_of_an_event_add_up_to_its_amount(values, model_and_properties):
    for price in summed(*model_and_properties, values):
        parts = ("per_unit_total_amount", "fixed_fee_total_amount", "min_max_adjustment_total_amount")
        assert sum(Decimal(price.amount_details[name]) for name in parts) == price.amount
