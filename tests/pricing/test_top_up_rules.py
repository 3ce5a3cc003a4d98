"""How much rules top up, and when: 05 §1.13, example E of §1.18."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.top_up_rules import (
    Standing,
    TopUp,
    TopUpRule,
    in_credits,
    is_reached,
    next_top_up_day,
    top_up,
    waits,
)
from tests.pricing.steady import steady

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def number(text):
    return None if text is None else Decimal(text)


def rule(paid="0", granted="0", threshold=None, target=None, **flags):
    return TopUpRule(number(paid), number(granted), number(threshold), number(target), **flags)


def standing(ongoing, pending="0", least=None, most=None):
    return Standing(number(ongoing), number(pending), number(least), number(most))


E = rule("30", "5", threshold="50")
TARGET = rule(target="200")

AMOUNTS = {
    "05 example E": (E, standing("-20"), "90", "5"),
    "05 example E, a maximum": (E, standing("-20", most="60"), "60", "5"),
    "05 example E, a gap that is met exactly": (E, standing("15"), "60", "5"),
    "05 example E, just below": (E, standing("15.01"), "30", "5"),
    "05 example E, a target": (TARGET, standing("120.5"), "79.5", "0"),
    "05 example E, a minimum": (TARGET, standing("120.5", least="100"), "100", "0"),
    "05 example E, granted": (rule(target="200", grants_target=True), standing("120.5", least="100"), "0", "79.5"),
    "at intervals": (rule("30", "5"), standing("-1000", most="1"), "30", "5"),
    "nothing at intervals": (rule(), standing("0"), "0", "0"),
    "what is pending fills the gap": (E, standing("-20", "40"), "30", "5"),
    "no limit": (rule("30", "5", "50", ignores_limits=True), standing("-20", most="60"), "90", "5"),
    "one top-up has its limit from the rule": (E, standing("40", most="10"), "30", "5"),
    "only granted": (rule("0", "5", "50"), standing("-20"), "0", "5"),
    "a target that is met": (TARGET, standing("200", least="100"), "0", "0"),
    "a target that is exceeded": (TARGET, standing("200.5"), "0", "0"),
    "granted, but met": (rule(target="200", grants_target=True), standing("201"), "0", "0"),
    "a target without limits": (
        rule(target="200", ignores_limits=True), standing("120.5", least="100", most="1"), "79.5", "0"
    ),
    "no maximum for a target": (TARGET, standing("0", most="50"), "200", "0"),
    "a minimum of parts of a credit": (TARGET, standing("199", least="714.2857142857"), "714.28572", "0"),
    "a target at a threshold": (rule("9", "9", threshold="5", target="10"), standing("4"), "6", "0"),
}


@pytest.mark.parametrize("asked, wallet, paid, granted", AMOUNTS.values(), ids=[n.replace(" ", "-") for n in AMOUNTS])
def test_amounts(asked, wallet, paid, granted):
    assert top_up(asked, wallet) == TopUp(Decimal(paid), Decimal(granted))


@steady
@given(
    st.decimals("-1000", 50, places=5), st.decimals(0, 50, places=5), st.decimals("0.00001", 100, places=5),
    st.decimals(0, 20, places=5),
)
def test_a_fixed_rule_ends_above_its_threshold(ongoing, pending, paid, granted):
    """By as few purchases as can be."""
    asked, wallet = TopUpRule(paid, granted, threshold=Decimal(50)), Standing(ongoing, pending)
    bought = top_up(asked, wallet).paid
    after = ongoing + pending + granted + bought
    assert bought % paid == 0 and (after > 50 or bought == paid) and (after - paid <= 50 or bought == paid)


@pytest.mark.parametrize("ongoing, pending, expected", [
    ("50", "0", True), ("50.00001", "0", False), ("-20", "70", True), ("-20", "70.00001", False),
    ("51", "-1", False),  # pending credits never lower it
])
def test_a_threshold_is_reached(ongoing, pending, expected):
    assert is_reached(Decimal(50), standing(ongoing, pending)) is expected


@pytest.mark.parametrize("failed, settled, expected", [
    (None, None, False), (0, None, True), (59, None, True), (60, None, False), (30, 31, True), (30, 30, False),
    (30, 29, False),
])
def test_after_a_failure_it_waits(failed, settled, expected):
    moments = [None if ago is None else NOW - timedelta(minutes=ago) for ago in (failed, settled)]
    assert waits(*moments, NOW) is expected


@pytest.mark.parametrize("cents, expected", [(None, None), (5000, "50"), (1, "0.01")])
def test_limits_in_credits(cents, expected):
    assert in_credits(cents, Decimal(100)) == number(expected)


DAYS = {
    "weekly": ("weekly", "2021-02-20", "2021-02-20", "2021-02-27 2021-03-06 2021-03-13"),
    "monthly": ("monthly", "2021-02-20", "2021-02-20", "2021-03-20 2021-04-20"),
    "05 example E": ("monthly", "2025-01-31", "2025-01-31", "2025-02-28 2025-03-31 2025-04-30"),
    "the last day of a leap year's February": ("monthly", "2024-01-30", "2024-02-01", "2024-02-29 2024-03-30"),
    "quarterly": ("quarterly", "2021-11-30", "2021-12-01", "2022-02-28 2022-05-30"),
    "semiannual": ("semiannual", "2021-08-31", "2021-08-31", "2022-02-28 2022-08-31"),
    "yearly": ("yearly", "2024-02-29", "2024-02-29", "2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
    "a reference in the future": ("monthly", "2025-03-10", "2025-01-01", "2025-03-10 2025-04-10"),
    "long after the reference": ("quarterly", "2020-01-15", "2025-03-01", "2025-04-15 2025-07-15"),
}


@pytest.mark.parametrize("interval, reference, after, days", DAYS.values(), ids=[n.replace(" ", "-") for n in DAYS])
def test_next_days(interval, reference, after, days):
    day, found = date.fromisoformat(after), []
    for _ in days.split():
        day = next_top_up_day(interval, date.fromisoformat(reference), day)
        found.append(day.isoformat())
    assert found == days.split()
