"""Crossed thresholds of alerts: the examples of 03 §8 and 05 §1.18 F, and what always holds."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.alerts import MOST_STEPS, Threshold, crossed, next_ahead
from tests.pricing.steady import steady


def thresholds(*once, step=None):
    found = [Threshold(Decimal(value)) for value in once]
    return found + ([Threshold(Decimal(step), recurring=True)] if step else [])


def values(found):
    return [str(one.value) for one in found]


def rising(alert, previous, current):
    return values(crossed(alert, Decimal(previous), Decimal(current), "increasing"))


def falling(alert, previous, current):
    return values(crossed(alert, Decimal(previous), Decimal(current), "decreasing"))


EXAMPLE = thresholds(2000, 1000, step=500)


@pytest.mark.parametrize("previous, current, expected", [
    (0, 1200, ["1000"]),
    (1200, 3100, ["2000", "2500", "3000"]),
    (3100, 3400, []),
    (3000, 3400, ["3000"]),
])
def test_the_example_of_a_rising_figure(previous, current, expected):
    assert rising(EXAMPLE, previous, current) == expected


@pytest.mark.parametrize("previous, current, expected", [
    (120, 12, ["15", "20", "100"]),
    (18, 3, ["5", "10", "15"]),
])
def test_the_example_of_a_falling_figure(previous, current, expected):
    assert falling(thresholds(100, 20, step=5), previous, current) == expected


@pytest.mark.parametrize("alert, previous, current, expected", [
    (thresholds(1000), 999, 1000, ["1000"]),  # reached is crossed
    (thresholds(1000), 1000, 1001, []),  # and once only
    (thresholds(1000), 5000, 2000, []),  # on the way down nothing is
    (thresholds(1000), 1000, 1000, []),
    (thresholds(step=1000), 0, 3500, ["1000", "2000", "3000"]),  # steps begin at 0
    (thresholds(step=1000), 3500, 5500, ["4000", "5000"]),
    (thresholds(step=1000), -500, 999, []),  # 0 itself is no step
    (thresholds(2000, step=500), 0, 1999, []),  # the steps begin behind the threshold
    (thresholds(2000, step=500), 0, 2500, ["2000", "2500"]),
    (thresholds(2000, step=500), 2000, 2400, []),
    (thresholds("-3"), -5, -2, ["-3"]),  # usage may be negative
    (thresholds(step="0.1"), "0.25", "0.45", ["0.3", "0.4"]),
    (thresholds(), 0, 100, []),
])
def test_a_rising_figure(alert, previous, current, expected):
    assert rising(alert, previous, current) == expected


@pytest.mark.parametrize("alert, previous, current, expected", [
    (thresholds(5000, 2000), 10000, 5000, ["5000"]),
    (thresholds(5000, 2000), 5000, 4999, []),
    (thresholds(5000, 2000), 4999, 7000, []),
    (thresholds(5000, 2000), 9000, 1000, ["2000", "5000"]),
    (thresholds(step=10), 5, -25, ["-20", "-10"]),  # from 0 downwards
    (thresholds(100, step=10), 200, 101, []),
])
def test_a_falling_figure(alert, previous, current, expected):
    assert falling(alert, previous, current) == expected


def test_a_threshold_is_told_with_its_code_and_kind():
    alert = [Threshold(Decimal(10), code="warn"), Threshold(Decimal(5), recurring=True, code="again")]
    assert crossed(alert, Decimal(0), Decimal(15), "increasing") == [
        Threshold(Decimal(10), code="warn"), Threshold(Decimal(15), recurring=True, code="again"),
    ]


def test_of_very_many_steps_the_last_are_told():
    found = crossed(thresholds(step="0.000001"), Decimal(0), Decimal(10**15), "increasing")
    assert len(found) == MOST_STEPS
    assert found[-1].value == 10**15
    assert found[0].value == 10**15 - (MOST_STEPS - 1) * Decimal("0.000001")


def test_figures_of_any_length_are_told_from_each_other():
    large, a_bit_less = "1" + "0" * 60, "9" * 60 + ".9"
    assert rising([Threshold(Decimal(large))], 0, a_bit_less) == []
    assert falling([Threshold(Decimal(large))], large, a_bit_less) == []
    assert rising([Threshold(Decimal(large))], a_bit_less, large) == [large]


@pytest.mark.parametrize("alert, current, expected", [
    (EXAMPLE, 0, "1000"), (EXAMPLE, 1000, "2000"), (EXAMPLE, 2000, "2500"), (EXAMPLE, 3100, "3500"),
    (thresholds(step=500), -1200, "500"), (thresholds(step=500), 500, "1000"), (thresholds(100), 100, None),
    (thresholds(), 0, None),
])
def test_the_threshold_that_is_met_next(alert, current, expected):
    found = next_ahead(alert, Decimal(current))
    assert (str(found.value) if found else None) == expected


numbers = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 4)
alerts = st.builds(
    lambda once, step: [Threshold(one) for one in once] + [Threshold(one, recurring=True) for one in step],
    st.lists(numbers, max_size=5, unique=True), st.lists(st.integers(8, 400).map(lambda n: Decimal(n) / 4), max_size=1),
)


@given(alerts, numbers, numbers)
@steady
def test_what_is_crossed_lies_between_the_two_figures(alert, previous, current):
    found = crossed(alert, previous, current, "increasing")
    assert all(previous <= one.value <= current for one in found)
    assert [one.value for one in found] == sorted({one.value for one in found})


@given(alerts, numbers, numbers)
@steady
def test_falling_mirrors_rising(alert, previous, current):
    mirror = [one if one.recurring else replace(one, value=-one.value) for one in alert]
    there = [one.value for one in crossed(alert, previous, current, "increasing")]
    back = [-one.value for one in crossed(mirror, -previous, -current, "decreasing")]
    assert there == back[::-1]


@given(alerts, st.lists(numbers, min_size=2, max_size=6, unique=True).map(sorted))
@steady
def test_looking_more_often_tells_of_the_same_thresholds(alert, figures):
    """However the way up is divided, each threshold is told of; a figure on a step has it told once more."""
    pieces = [
        one.value
        for before, after in zip(figures, figures[1:], strict=False)
        for one in crossed(alert, before, after, "increasing")
    ]
    whole = [one.value for one in crossed(alert, figures[0], figures[-1], "increasing")]
    assert sorted(set(pieces)) == whole
    assert {value for value in pieces if pieces.count(value) > 1} <= set(figures)


@given(alerts, numbers, numbers)
@steady
def test_nothing_is_crossed_before_what_is_met_next(alert, previous, current):
    """Unless the figure lies on a step, which is told once more."""
    ahead = next_ahead(alert, previous)
    found = [one.value for one in crossed(alert, previous, current, "increasing") if one.value > previous]
    assert not found or (ahead and found[0] == ahead.value)
