"""Graduated charges: the tables of 02 §3.3."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pricing.charge_models.usages import fee, price, tiers
from tests.pricing.steady import steady

TIERS = {"graduated_ranges": tiers((0, 100, "0.20", "5"), (101, 500, "0.15", "0"), (501, None, "0.10", "20"))}
TOUCHING = {"graduated_ranges": tiers((0, 2.5, "4", "0"), (2.5, 10, "3", "1"), (10, None, "2", "0"))}
MIXED = {"graduated_ranges": tiers((0, 10, "1", "0"), (10, 20, "1", "0"), (21, None, "1", "0"))}


@pytest.mark.parametrize("units, amount, cents, unit_amount", [
    ("0", "5", 500, "0"),
    ("0.004", "5.0008", 500, "1250.2"),
    ("100", "25", 2500, "0.25"),
    ("100.5", "25.075", 2508, "0.249502487562189"),
    ("101", "25.15", 2515, "0.249009900990099"),
    ("500", "85", 8500, "0.17"),
    ("501", "105.1", 10510, "0.209780439121756"),
    ("1234.5", "178.45", 17845, "0.144552450384771"),
    ("-3", "0", 0, "0"),
])
def test_tiers_price_their_own_units(units, amount, cents, unit_amount):
    amounts = fee("graduated", TIERS, units)
    assert (amounts.precise_amount_cents, amounts.amount_cents, amounts.precise_unit_amount) == (
        Decimal(amount) * 100, cents, Decimal(unit_amount),
    )


def test_a_tier_that_does_not_say_where_it_ends_has_no_end():
    *others, last = TIERS["graduated_ranges"]
    silent = {"graduated_ranges": [*others, {name: value for name, value in last.items() if name != "to_value"}]}
    assert price("graduated", silent, "1234.5") == price("graduated", TIERS, "1234.5")


@pytest.mark.parametrize("units, amount", [("2.5", "10"), ("3", "12.5"), ("10", "33.5"), ("10.25", "34")])
def test_tiers_that_touch(units, amount):
    assert price("graduated", TOUCHING, units).amount == Decimal(amount)


def test_a_touching_tier_among_others_counts_a_unit_too_many():
    assert price("graduated", MIXED, "15").amount == 16


def test_tiers_may_begin_at_one():
    assert price("graduated", {"graduated_ranges": tiers((1, 10, "2", "0"), (11, None, "1", "0"))}, "12").amount == 22


def test_details_of_the_reached_tiers():
    assert price("graduated", TIERS, "101").amount_details == {"graduated_ranges": [
        {"from_value": 0, "to_value": 100, "flat_unit_amount": "5.0", "per_unit_amount": "0.2", "units": "100.0",
         "per_unit_total_amount": "20.0", "total_with_flat_amount": "25.0"},
        {"from_value": 101, "to_value": 500, "flat_unit_amount": "0.0", "per_unit_amount": "0.15", "units": "1.0",
         "per_unit_total_amount": "0.15", "total_with_flat_amount": "0.15"},
    ]}


def test_a_tier_without_units_shows_no_price():
    (tier,) = price("graduated", TIERS, "0").amount_details["graduated_ranges"]
    assert (tier["per_unit_amount"], tier["total_with_flat_amount"]) == ("0.0", "5.0")


def test_details_of_negative_usage_stay_as_computed():
    (tier,) = price("graduated", TIERS, "-3").amount_details["graduated_ranges"]
    assert (tier["units"], tier["per_unit_total_amount"]) == ("-3.0", "-0.6")


def test_bounds_keep_their_json_type():
    first, *_ = price("graduated", TOUCHING, "3").amount_details["graduated_ranges"]
    assert (first["from_value"], first["to_value"]) == (0, 2.5)


amounts = st.decimals(0, 1000, places=4)
units = st.decimals(0, 2000, places=3)


@steady
@given(st.lists(amounts, min_size=6, max_size=6), units, units)
def test_more_usage_never_costs_less(prices, one, other):
    texts = [str(amount) for amount in prices]
    rows = tiers((0, 10, *texts[:2]), (11, 500, *texts[2:4]), (501, None, *texts[4:]))
    lower, upper = (price("graduated", {"graduated_ranges": rows}, str(count)) for count in sorted((one, other)))
    assert lower.amount <= upper.amount


@steady
@given(units)
def test_tiers_that_touch_count_every_unit_once(count):
    rows = tiers((0, 7, "1", "0"), (7, 300, "1", "0"), (300, None, "1", "0"))
    assert price("graduated", {"graduated_ranges": rows}, str(count)).amount == count
