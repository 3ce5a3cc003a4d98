"""Projected usage: 01 §4.4, with the example of §5.16."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.projection import Projection, project, projected_units, projection_ratio
from tests.pricing.charge_models.usages import tiers
from tests.pricing.steady import steady


@pytest.mark.parametrize("days, length, ratio", [
    (8, 30, "0.26666666666666666"), (0, 30, "0"), (-3, 30, "0"), (30, 30, "1"), (45, 30, "1"), (15, 30, "0.5"),
])
def test_the_part_of_the_period_that_has_gone_by(days, length, ratio):
    assert projection_ratio(days, length) == Decimal(ratio)


@pytest.mark.parametrize("units, ratio, places, expected", [
    ("40", "0.26666666666666666", 2, "150"), ("1", "0.3", 2, "3.33"), ("2", "0.3", 2, "6.67"), ("1", "0.8", 2, "1.25"),
    ("0.001", "0.2", 2, "0.01"), ("1", "0.3", 0, "3"), ("-4", "0.5", 2, "0"), ("40", "0", 2, "0"),
])
def test_units(units, ratio, places, expected):
    assert projected_units(Decimal(units), Decimal(ratio), places) == Decimal(expected)


def cents(model, properties, units, ratio="0.5", amount="0", currency="EUR"):
    return project(model, properties, Decimal(units), Decimal(amount), Decimal(ratio), currency).amount_cents


def test_forty_events_after_eight_of_thirty_days():
    found = project("standard", {"amount": "0.50"}, Decimal(40), Decimal(20), projection_ratio(8, 30), "EUR")
    assert found == Projection(Decimal(150), 7500)


VOLUME = {"volume_ranges": tiers((0, 50, "2", "10"), (51, 200, "1.5", "5"), (202, None, "1", "0"))}


@pytest.mark.parametrize("units, expected", [
    ("25", 11000), ("25.1", 8030), ("25.5", 8150), ("100", 30500), ("100.25", 0), ("101", 20200),
])
def test_volume_prices_all_projected_units_in_their_tier(units, expected):
    """50 x 2 + 10; 50.2 and 51 are of the second tier, 200.5 of none."""
    assert cents("volume", VOLUME, units) == expected


def test_volume_tiers_may_come_in_any_order():
    assert cents("volume", {"volume_ranges": VOLUME["volume_ranges"][::-1]}, "25") == 11000


@pytest.mark.parametrize("units, expected", [("50", 0), ("50.5", 750), ("175", 750), ("175.5", 1500), ("10", 0)])
def test_packages_of_250_after_100_free_units(units, expected):
    assert cents("package", {"package_size": 250, "amount": "7.50", "free_units": 100}, units) == expected


def test_packages_are_counted_exactly():
    packages = {"package_size": 10**17, "amount": "1", "free_units": 0}
    assert cents("package", packages, str(10**17 + 1), ratio="1") == 200


GRADUATED = {"graduated_ranges": tiers((0, 10, "2", "5"), (11, 20, "1", "3"), (21, None, "0.5", "0"))}


@pytest.mark.parametrize("units, expected", [("2.5", 1500), ("5", 2500), ("5.25", 2850), ("10", 3800), ("12", 4000)])
def test_graduated_tiers_are_filled_one_after_the_other(units, expected):
    """5 x 2 + 5; 10 x 2 + 5; and 0.5 + 3; and 10 + 3; and 4 x 0.5."""
    assert cents("graduated", GRADUATED, units) == expected


@pytest.mark.parametrize("model", ["percentage", "graduated_percentage", "dynamic"])
def test_other_models_go_on_at_the_same_pace(model):
    assert cents(model, {}, "3", ratio="0.3", amount="1.234") == 411


@pytest.mark.parametrize("currency, expected", [("EUR", 247), ("JPY", 2), ("KWD", 2468)])
def test_amounts_are_rounded_to_the_currency(currency, expected):
    assert cents("percentage", {}, "3", amount="1.234", currency=currency) == expected


def test_no_amount_is_negative():
    assert cents("percentage", {}, "3", amount="-1") == 0


@pytest.mark.parametrize("units, ratio", [("0", "0.5"), ("-3", "0.5"), ("7", "0"), ("0.001", "1")])
@pytest.mark.parametrize("model, properties", [("graduated", GRADUATED), ("volume", VOLUME), ("percentage", {})])
def test_without_units_there_is_not_even_a_flat_amount(model, properties, units, ratio):
    assert project(model, properties, Decimal(units), Decimal(5), Decimal(ratio), "EUR") == Projection(Decimal(0), 0)


@steady
@given(st.decimals(1, 1000, places=2), st.integers(1, 30))
def test_a_whole_period_is_its_own_projection(units, days):
    found = project("standard", {"amount": "1"}, units, units, projection_ratio(days, days), "EUR")
    assert found == Projection(units, int(units * 100))


@steady
@given(st.decimals(0, 1000, places=2), st.integers(1, 29))
def test_less_time_gone_by_projects_to_more(units, days):
    earlier, later = (project("graduated", GRADUATED, units, units, projection_ratio(day, 30), "EUR")
                      for day in (days, days + 1))
    assert (earlier.units, earlier.amount_cents) >= (later.units, later.amount_cents)
