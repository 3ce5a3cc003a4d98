"""Usage thresholds: the rules and examples of 03 §7.1, §7.3 and §7.5, and what always holds."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.usage_thresholds import (
    MOST_REPEATED,
    LifetimeFigures,
    Threshold,
    progress,
    reached_thresholds,
)
from tests.pricing.steady import steady

FIXED = [Threshold(5000), Threshold(20000)]
RECURRING = Threshold(10000, recurring=True)
BOTH = [*FIXED, RECURRING]


def reached(thresholds, current, billed=0, invoiced=0, historical=0):
    found = reached_thresholds(LifetimeFigures(historical, invoiced, current, billed), thresholds)
    return [(one.amount_cents, one.recurring) for one in found]


@pytest.mark.parametrize("current, billed, expected", [
    (6000, 0, [(5000, False)]),  # 6000: the first one
    (23000, 6000, [(20000, False)]),  # v = 6000, w = 23000; 23000 − 20000 is less than the recurring one
    (41000, 23000, [(10000, True)]),  # v = 23000 ≥ 20000: 18000 + 3000 ≥ 10000
    (45000, 41000, []),  # 4000 + 1000 < 10000
])
def test_the_example_of_the_reference(current, billed, expected):
    assert reached(BOTH, current, billed) == expected


@pytest.mark.parametrize("thresholds, figures, expected", [
    pytest.param(FIXED, {"current": 4999}, [], id="below"),
    pytest.param(FIXED, {"current": 5000}, [(5000, False)], id="exactly"),
    pytest.param(FIXED, {"current": 5000, "billed": 5000}, [], id="not again"),
    pytest.param(FIXED, {"current": 25000}, [(5000, False), (20000, False)], id="two at once"),
    pytest.param(FIXED[::-1], {"current": 25000}, [(5000, False), (20000, False)], id="in whatever order"),
    pytest.param(BOTH, {"current": 29999}, [(5000, False), (20000, False)], id="not yet a step above the largest"),
    pytest.param(BOTH, {"current": 30000}, [(5000, False), (20000, False), (10000, True)], id="a step above it"),
    pytest.param(BOTH, {"current": 70000}, [(5000, False), (20000, False), (10000, True)], id="several steps are one"),
    pytest.param(FIXED, {"current": 500, "invoiced": 4500}, [(5000, False)], id="with what was invoiced"),
    pytest.param(FIXED, {"current": 500, "historical": 4500}, [(5000, False)], id="with what was used before"),
    pytest.param(FIXED, {"current": 500, "historical": 5000}, [], id="was reached before"),
    pytest.param(FIXED, {"current": 9000, "billed": 9500}, [], id="less than was billed"),
    pytest.param(FIXED, {"current": 30000, "billed": 20000}, [], id="all are behind, and there is no other"),
    pytest.param([RECURRING], {"current": 9999}, [], id="recurring alone, below"),
    pytest.param([RECURRING], {"current": 10000}, [(10000, True)], id="recurring alone, first time"),
    pytest.param([RECURRING], {"current": 19999, "billed": 12000}, [], id="recurring alone, on the way"),
    pytest.param([RECURRING], {"current": 20000, "billed": 12000}, [(10000, True)], id="recurring alone, second time"),
    pytest.param(
        [Threshold(5000), RECURRING], {"current": 10000, "billed": 6000}, [(10000, True)],
        id="multiples count from nothing",  # 03 §12-14: v mod R, not (v − M) mod R
    ),
    pytest.param([], {"current": 10**9}, [], id="no thresholds"),
    pytest.param(BOTH, {"current": 5000, "invoiced": -20}, [], id="less than nothing was invoiced"),
])
def test_which_are_reached(thresholds, figures, expected):
    assert reached(thresholds, **figures) == expected


def shown(total, thresholds):
    return [(one.amount_cents, float(one.completion_ratio), one.is_reached) for one in progress(total, thresholds)]


@pytest.mark.parametrize("thresholds, total, expected", [
    pytest.param(FIXED, 2000, [(5000, 0.4, False), (20000, 0.0, False)], id="on the way to the first"),
    pytest.param(FIXED, 8000, [(5000, 1.0, True), (20000, 0.2, False)], id="from the first to the second"),
    pytest.param(FIXED, 20000, [(5000, 1.0, True), (20000, 1.0, True)], id="all reached"),
    pytest.param(FIXED, -500, [(5000, 0.0, False), (20000, 0.0, False)], id="less than nothing"),
    pytest.param(
        BOTH, 8000, [(5000, 1.0, True), (20000, 0.2, False), (30000, 0.0, False)], id="the recurring one comes last"
    ),
    pytest.param(
        BOTH, 23000, [(5000, 1.0, True), (20000, 1.0, True), (30000, 0.3, False)], id="on the way to its first step"
    ),
    pytest.param(
        BOTH, 45000,
        [(5000, 1.0, True), (20000, 1.0, True), (30000, 1.0, True), (40000, 1.0, True), (50000, 0.5, False)],
        id="its steps",
    ),
    pytest.param(  # (T − p) mod R, not (p + T) mod R, which would be (45000, …) (03 §13.8)
        [Threshold(5000), RECURRING], 17000, [(5000, 1.0, True), (15000, 1.0, True), (25000, 0.2, False)],
        id="steps from a fixed one that is no multiple",
    ),
    pytest.param([RECURRING], 0, [(10000, 0.0, False)], id="recurring alone"),
    pytest.param([RECURRING], 25000, [(10000, 1.0, True), (20000, 1.0, True), (30000, 0.5, False)], id="and its steps"),
    pytest.param([RECURRING], -5, [(10000, 0.0, False)], id="recurring, less than nothing"),
    pytest.param([], 5000, [], id="none"),
])
def test_progress(thresholds, total, expected):
    assert shown(total, thresholds) == expected


def test_a_third_has_all_digits_of_a_double():
    (one,) = progress(1, [Threshold(3)])
    assert one.completion_ratio == Decimal(repr(1 / 3))


def test_of_many_steps_the_latest_are_shown():
    entries = progress(10**15, [Threshold(1, recurring=True)])
    assert len(entries) == MOST_REPEATED + 1
    assert (entries[-2].amount_cents, entries[-1].amount_cents) == (10**15, 10**15 + 1)


amounts = st.integers(1, 10**6)
thresholds = st.builds(
    lambda fixed, recurring: [*map(Threshold, sorted(fixed)), *([Threshold(recurring, True)] if recurring else [])],
    st.sets(amounts, max_size=5), st.none() | amounts,
)
growth = st.lists(st.integers(0, 3 * 10**5), max_size=30)


def looks(thresholds, steps, historical):
    """Looks at a growing usage; an invoice is made of all usage whenever something is reached."""
    figures, found = LifetimeFigures(historical, 0, 0), []
    for step in steps:
        figures = replace(figures, current=figures.current + step)
        reached = reached_thresholds(figures, thresholds)
        found.append((figures, reached))
        if reached:
            figures = replace(figures, billed=figures.current)
    return found


@given(thresholds, growth, st.integers(0, 10**6))
@steady
def test_no_fixed_threshold_is_missed_and_none_is_reached_twice(thresholds, steps, historical):
    fixed = [one.amount_cents for one in thresholds if not one.recurring]
    found = [one for _, reached in looks(thresholds, steps, historical) for one in reached]
    total = historical + sum(steps)
    assert [one.amount_cents for one in found if not one.recurring] == [
        amount for amount in fixed if historical < amount <= total
    ]


@given(thresholds, growth, st.integers(0, 10**6))
@steady
def test_the_recurring_one_is_reached_whenever_a_multiple_of_it_is_passed_above_the_fixed_ones(
    thresholds, steps, historical
):
    fixed = [one.amount_cents for one in thresholds if not one.recurring]
    step = next((one.amount_cents for one in thresholds if one.recurring), None)
    for figures, reached in looks(thresholds, steps, historical):
        before = figures.historical + figures.billed
        if before >= max(fixed, default=0) and step:
            assert any(one.recurring for one in reached) == (figures.total // step > before // step)
        elif step is None:
            assert not any(one.recurring for one in reached)


@given(thresholds, st.integers(-(10**6), 10**7))
@steady
def test_progress_ascends_and_at_most_one_is_on_its_way(thresholds, total):
    entries = progress(total, thresholds)
    assert [one.amount_cents for one in entries] == sorted({one.amount_cents for one in entries})
    assert all(one.is_reached == (one.amount_cents <= total) for one in entries)
    assert sum(0 < one.completion_ratio < 1 for one in entries) <= 1
    assert {one.threshold for one in entries} == set(thresholds) or len(entries) > MOST_REPEATED
