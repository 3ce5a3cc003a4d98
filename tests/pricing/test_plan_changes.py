"""Upgrade or downgrade, by what plans cost in a year (03 §3.1)."""

import pytest

from lago.pricing.plan_changes import PlanPrice, is_upgrade


@pytest.mark.parametrize("interval, cents", [
    ("yearly", 100), ("semiannual", 200), ("quarterly", 400), ("monthly", 1200), ("weekly", 5200),
])
def test_a_plan_costs_so_much_in_a_year(interval, cents):
    assert PlanPrice(100, interval).annualized == cents


@pytest.mark.parametrize("current, new, upgrades", [
    ((1000, "monthly"), (1001, "monthly"), True),
    ((1000, "monthly"), (1000, "monthly"), True),
    ((1000, "monthly"), (999, "monthly"), False),
    ((1000, "monthly"), (12_000, "yearly"), True),
    ((1000, "monthly"), (11_999, "yearly"), False),
    ((1000, "monthly"), (230, "weekly"), False),  # 11,960 a year
    ((1000, "monthly"), (231, "weekly"), True),
    ((2000, "quarterly"), (4000, "semiannual"), True),
    ((0, "yearly"), (0, "weekly"), True),
])
def test_what_costs_as_much_in_a_year_is_an_upgrade(current, new, upgrades):
    assert is_upgrade(PlanPrice(*current), PlanPrice(*new)) == upgrades
