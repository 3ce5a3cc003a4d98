"""Units that events add to charges paid in advance: the tables of 01 §3.9, §5.14, §5.15 and 02 §6.3."""

from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.in_advance_units import NewUnits, UnitsState, current_units, new_units
from lago.pricing.rounding import ceil5, ratio_in_doubles16
from tests.pricing.steady import steady


def states(kind, *events):
    """What each of the events adds; an event is its units, or its units and its coefficient."""
    found, previous = [], None
    for event in events:
        units, coefficient = event if isinstance(event, tuple) else (event, None)
        added = new_units(kind, Decimal(units), previous, coefficient)
        found.append(added)
        previous = added.state
    return found


def rows(found):
    """Current, max, billed and shown units."""
    return [(added.state.current, added.state.max, added.billed, added.shown) for added in found]


@pytest.mark.parametrize("events, expected", [
    ([10, -5, 3, 5], [(10, 10, 10, 10), (5, 10, 0, 0), (8, 10, 0, 3), (13, 13, 3, 3)]),
    ([-4, 10], [(-4, -4, 0, 0), (6, 10, 10, 10)]),
    ([5, -3, 2, 4], [(5, 5, 5, 5), (2, 5, 0, 0), (4, 5, 0, 2), (8, 8, 3, 3)]),
    ([0, 0], [(0, 0, 0, 0), (0, 0, 0, 0)]),
])
def test_a_sum_bills_the_growth_of_its_peak(events, expected):
    assert rows(states("sum_agg", *events)) == expected


@pytest.mark.parametrize("events, expected", [
    # add a, b; remove a; add c, d; d again
    ([1, 1, -1, 1, 1, 0], [(1, 1, 1, 1), (2, 2, 1, 1), (1, 2, 0, 0), (2, 2, 0, 1), (3, 3, 1, 1), (3, 3, 0, 0)]),
    ([1, 0, -1, 1, 1], [(1, 1, 1, 1), (1, 1, 0, 0), (0, 1, 0, 0), (1, 1, 0, 1), (2, 2, 1, 1)]),
    # the first event of a period removes a value that was added before
    ([-1, 1], [(0, 0, 0, 0), (1, 1, 1, 1)]),
])
def test_a_unique_count_bills_the_growth_of_its_peak(events, expected):
    assert rows(states("unique_count_agg", *events)) == expected


def test_every_event_of_a_count_is_one():
    assert states("count_agg", 1, 1) == [NewUnits(Decimal(1), Decimal(1), None)] * 2


def test_prorated_units_are_billed_for_the_days_that_are_left():
    """10 on 10 April at noon, +6; -2 on the 15th; +5 on the 21st: 01 §5.15."""
    events = (6, ratio_in_doubles16(21, 30)), (-2, ratio_in_doubles16(16, 30)), (5, ratio_in_doubles16(10, 30))
    found = states("sum_agg", *events)
    assert [(added.billed, added.shown) for added in found] == [(Decimal("4.2"), 6), (0, 0), (1, 3)]
    assert found[-1].state == UnitsState(Decimal(9), Decimal(9), Decimal("5.2"))


def test_a_seat_of_half_a_month():
    (added,) = states("unique_count_agg", (1, ratio_in_doubles16(15, 30)))
    assert (added.billed, added.shown, added.state.max_prorated) == (Decimal("0.5"), 1, Decimal("0.5"))


def test_a_prorated_unit_again_below_the_peak_is_shown_in_full():
    coefficient = ratio_in_doubles16(1, 3)
    *_, added = states("sum_agg", (4, coefficient), (-4, coefficient), (2, coefficient))
    assert (added.billed, added.shown, added.state.max_prorated) == (0, 2, Decimal("1.33334"))


STATE = UnitsState(Decimal(2), Decimal(5), Decimal("3.5"))
TENTH = Decimal("0.1")


@pytest.mark.parametrize("kind, total, state, coefficient, prorated, expected", [
    ("count_agg", 7, None, None, 0, (7, 7)),
    ("sum_agg", 7, None, None, 0, (7, 7)),
    ("sum_agg", -7, None, None, 0, (0, 0)),
    ("sum_agg", 2, STATE, None, 0, (5, 2)),
    ("sum_agg", -9, STATE, None, 0, (0, 0)),
    ("sum_agg", -1, STATE, None, 0, (2, 0)),
    ("sum_agg", 12, STATE, TENTH, 0, ("4.5", 12)),
    ("sum_agg", "12.000001", STATE, TENTH, 0, ("4.50001", "12.000001")),
    ("sum_agg", 12, STATE, Decimal(1), 0, ("13.5", 12)),
    ("sum_agg", -1, STATE, Decimal(1), 0, ("1.5", 0)),
    ("sum_agg", 12, UnitsState(Decimal(-4), Decimal(-4), Decimal(0)), Decimal(1), 0, (12, 12)),
    ("sum_agg", 12, None, TENTH, "6.5", ("6.5", 12)),
    ("sum_agg", 12, None, TENTH, "-6.5", (0, 12)),
    ("sum_agg", 12, None, Decimal(1), "6.5", (12, 12)),
    ("unique_count_agg", 3, UnitsState(Decimal(2), Decimal(2), Decimal("1.5")), Decimal(1), 0, ("2.5", 3)),
])
def test_units_of_current_usage(kind, total, state, coefficient, prorated, expected):
    found = current_units(kind, Decimal(total), state, coefficient, Decimal(prorated))
    assert found == tuple(map(Decimal, expected))


def test_current_usage_of_a_sum_that_fell():
    """After the second event of 01 §5.14."""
    state = states("sum_agg", 5, -3)[-1].state
    assert current_units("sum_agg", Decimal(2), state) == (5, 2)


def test_current_usage_of_a_prorated_sum():
    """10 before April, 9 in it, 5.2 of them billed: 01 §5.15."""
    state = UnitsState(Decimal(9), Decimal(9), Decimal("5.2"))
    assert current_units("sum_agg", Decimal(19), state, Decimal(1)) == (Decimal("15.2"), 19)


values = st.lists(st.decimals(-100, 100, places=2), max_size=10)


@steady
@given(values.filter(lambda events: not events or events[0] >= 0))
def test_what_is_billed_comes_to_the_peak(events):
    found = states("sum_agg", *events)
    assert sum(added.billed for added in found) == max(accumulate(events), default=0)


@steady
@given(values, st.integers(1, 31))
def test_nothing_is_ever_billed_or_shown_below_nothing(events, days):
    found = states("sum_agg", *((event, ratio_in_doubles16(days, 31)) for event in events))
    assert all(added.billed >= 0 and added.shown >= 0 for added in found)


@steady
@given(values)
def test_what_was_billed_for_the_peak_is_kept(events):
    coefficient = ratio_in_doubles16(7, 30)
    found = states("sum_agg", *((event, coefficient) for event in events))
    assert [added.state.max_prorated for added in found] == list(accumulate(added.billed for added in found))
    assert all(added.billed in (0, ceil5(added.shown * coefficient)) for added in found)
