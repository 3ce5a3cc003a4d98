"""Volume charges: the figures of 02 §3.7."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.values import Price
from tests.pricing.charge_models.usages import fee, price, tiers
from tests.pricing.steady import steady

ROWS = tiers((0, 50, "2", "10"), (51, 200, "1.5", "5"), (201, None, "1", "0"))
TIERS = {"volume_ranges": ROWS}


@pytest.mark.parametrize("units, amount", [
    ("0", "10"), ("0.5", "11"), ("50", "110"), ("50.2", "80.3"), ("51", "81.5"),
    ("200", "305"), ("200.5", "200.5"), ("201", "201"),
])
def test_one_tier_prices_all_units(units, amount):
    assert price("volume", TIERS, units).amount == Decimal(amount)


@pytest.mark.parametrize("units, unit_amount", [("0", "0"), ("50", "2.2"), ("51", "1.598039215686275")])
def test_unit_price(units, unit_amount):
    assert fee("volume", TIERS, units).precise_unit_amount == Decimal(unit_amount)


def test_details():
    assert price("volume", TIERS, "50.2").amount_details == {
        "flat_unit_amount": "5.0", "per_unit_amount": "1.5", "per_unit_total_amount": "75.3",
    }


def test_details_without_usage():
    assert price("volume", TIERS, "0").amount_details == {
        "flat_unit_amount": "10.0", "per_unit_amount": "0.0", "per_unit_total_amount": "0.0",
    }


def test_negative_usage_falls_into_no_tier():
    nothing = {"flat_unit_amount": "0.0", "per_unit_amount": "0.0", "per_unit_total_amount": "0.0"}
    assert price("volume", TIERS, "-1") == Price(Decimal(0), Decimal(0), Decimal(0), nothing)


def test_tiers_are_sorted_first():
    assert price("volume", {"volume_ranges": ROWS[::-1]}, "51").amount == Decimal("81.5")


def test_a_gap_belongs_to_the_next_tier():
    rows = tiers((0, 50, "2", "0"), (52, None, "1", "0"))
    assert price("volume", {"volume_ranges": rows}, "51").amount == 51


def test_zero_usage_pays_the_first_flat_amount_though_the_tier_begins_at_one():
    rows = tiers((1, 50, "2", "10"), (51, None, "1", "0"))
    assert price("volume", {"volume_ranges": rows}, "0").amount == 10


def test_full_units_choose_the_tier_of_prorated_ones():
    rows = tiers((0, 5, "10", "3"), (6, None, "8", "0"))
    assert price("volume", {"volume_ranges": rows}, "5.66667", "6").amount == Decimal("45.33336")


def test_the_price_shown_for_prorated_units_is_per_full_unit():
    rows = tiers((0, 5, "10", "3"), (6, None, "8", "0"))
    assert price("volume", {"volume_ranges": rows}, "5.66667", "6").amount_details["per_unit_amount"] == "7.55556"


counts = st.decimals(0, 2000, places=3)


@steady
@given(counts, counts)
def test_more_usage_never_costs_less_where_prices_rise(one, other):
    rising = {"volume_ranges": tiers((0, 50, "1", "0"), (51, 200, "1.5", "5"), (201, None, "2", "5"))}
    lower, upper = (price("volume", rising, str(count)) for count in sorted((one, other)))
    assert lower.amount <= upper.amount
