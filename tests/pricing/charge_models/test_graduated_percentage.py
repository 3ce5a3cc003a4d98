"""Graduated percentage charges: the table of 02 §3.4."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.charge_models import CHARGE_MODELS
from tests.pricing.charge_models.usages import fee, price
from tests.pricing.steady import steady


def rates(*rows):
    """Tiers from rows of first unit, last unit, rate and flat amount."""
    return {"graduated_percentage_ranges": [
        {"from_value": first, "to_value": last, "rate": rate, "flat_amount": flat} for first, last, rate, flat in rows
    ]}


TIERS = rates((0, 1000, "2", "10"), (1001, 5000, "1.5", "0"), (5001, None, "0.75", "25"))
TOUCHING = rates((0, 10, "10", "0"), (10, None, "10", "0"))


@pytest.mark.parametrize("units, amount, cents", [
    ("0", "10", 1000), ("0.01", "10.0002", 1000), ("1000", "30", 3000), ("1000.5", "30.0075", 3001),
    ("1001", "30.015", 3002), ("5000", "90", 9000), ("5001", "115.0075", 11501), ("7333.33", "132.499975", 13250),
    ("-3", "0", 0),
])
def test_tiers_take_their_share(units, amount, cents):
    amounts = fee("graduated_percentage", TIERS, units)
    assert (amounts.precise_amount_cents, amounts.amount_cents) == (Decimal(amount) * 100, cents)


@pytest.mark.parametrize("units, amount", [("10", "1"), ("15", "1.6")])
def test_a_touching_tier_counts_a_unit_too_many(units, amount):
    assert price("graduated_percentage", TOUCHING, units).amount == Decimal(amount)


def test_a_first_tier_may_begin_at_one():
    tiers = rates((1, 10, "10", "0"), (11, None, "20", "0"))
    assert price("graduated_percentage", tiers, "12").amount == Decimal("1.4")


def test_the_unit_price_is_per_unit():
    assert fee("graduated_percentage", TIERS, "1000").precise_unit_amount == Decimal("0.03")


def test_details_of_the_reached_tiers():
    assert price("graduated_percentage", TIERS, "1000.5").amount_details == {"graduated_percentage_ranges": [
        {"from_value": 0, "to_value": 1000, "flat_unit_amount": "10.0", "rate": "2.0", "units": "1000.0",
         "per_unit_total_amount": "20.0", "total_with_flat_amount": "30.0"},
        {"from_value": 1001, "to_value": 5000, "flat_unit_amount": "0.0", "rate": "1.5", "units": "0.5",
         "per_unit_total_amount": "0.0075", "total_with_flat_amount": "0.0075"},
    ]}


@pytest.mark.parametrize("properties, codes", [
    (TIERS, []),
    (TOUCHING, []),
    ({}, ["missing_graduated_percentage_ranges"]),
    (rates((0, 10, "1", "1"), (12, None, "1", "1")), ["invalid_graduated_percentage_ranges"]),
    (rates((0, 10, 1, "1"), (11, None, "-1", None)), ["invalid_rate", "invalid_rate", "invalid_amount"]),
])
def test_problems(properties, codes):
    assert CHARGE_MODELS["graduated_percentage"].problems(properties) == codes


units = st.decimals(0, 9000, places=3)


@steady
@given(st.lists(st.decimals(0, 200, places=4).map(str), min_size=6, max_size=6), units, units)
def test_more_usage_never_costs_less(prices, one, other):
    tiers = rates((0, 1000, *prices[:2]), (1001, 5000, *prices[2:4]), (5001, None, *prices[4:]))
    lower, upper = (price("graduated_percentage", tiers, str(count)) for count in sorted((one, other)))
    assert lower.amount <= upper.amount


@steady
@given(st.integers(0, 9000))
def test_tiers_count_every_whole_unit_once(count):
    tiers = rates((0, 1000, "100", "0"), (1001, 5000, "100", "0"), (5001, None, "100", "0"))
    assert price("graduated_percentage", tiers, str(count)).amount == count
