"""Graduated tiers over prorated units: the replay of 02 §3.9."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.charge_models import price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import Price, Usage
from tests.pricing.charge_models.usages import tiers
from tests.pricing.steady import steady


def steps_of(*steps):
    """Pairs of full and prorated units, the latter possibly a fraction such as "-1/3"."""
    with localcontext(prec=40):
        fractions = [(Decimal(full), Fraction(prorated)) for full, prorated in steps]
        return [(full, Decimal(part.numerator) / part.denominator) for full, part in fractions]


def replay(ranges, *steps):
    pairs = steps_of(*steps)
    prorated, full = sum((part for _, part in pairs), Decimal(0)), sum((full for full, _ in pairs), Decimal(0))
    usage = Usage(prorated, len(pairs), full, steps=pairs)
    return price_usage("graduated", usage, {"graduated_ranges": ranges}, "EUR")


TWO = tiers((0, 5, "10", "3"), (6, None, "8", "2"))
THREE = tiers((0, 5, "10", "0"), (6, 10, "4", "0"), (11, None, "1", "0"))


def test_a_step_is_split_over_the_tiers_that_it_crosses():
    found = replay(TWO, (4, 4), (3, 2), (-1, "-1/3"))
    assert (fee_amounts(found, "EUR").amount_cents, found.units, found.amount_details) == (5967, 6, {})


def test_it_tells_which_units_were_priced_in_which_tier():
    found = replay(THREE, (12, 6))
    told = [(share.from_value, share.units, share.amount) for share in found.shares]
    assert told == [(0, Decimal("2.5"), 25), (6, Decimal("2.5"), 10), (11, 1, 1)]
    assert found.flat_amounts == 0 and sum(amount for _, _, amount in told) == found.amount


def test_no_usage_costs_the_first_flat_amount_and_prices_no_units():
    found = replay(TWO)
    assert (found.amount, found.flat_amounts, found.shares) == (3, 3, ())


def test_the_unit_price_is_per_full_unit():
    found = replay(TWO, (4, 4), (3, 2), (-1, "-1/3"))
    assert fee_amounts(found, "EUR").precise_unit_amount == Decimal("9.944444444444444")


def test_a_step_may_cross_two_tiers():
    assert replay(THREE, (12, 6)).amount == 36


def test_a_rising_step_at_the_end_of_a_tier_belongs_to_the_next():
    assert replay(THREE, (5, 5), (5, 5), (1, 1)).amount == 50 + 20 + 1


def test_a_falling_step_at_the_end_of_a_tier_belongs_to_it():
    assert replay(THREE, (5, 5), (-1, "-1/2")).amount == 45


def test_taking_all_away_leaves_what_was_used_and_the_first_flat():
    assert replay(TWO, (4, 4), (-4, -1)).amount == 33


def test_a_fall_over_two_tiers():
    """The last tier takes back its two units; the other seven are looked for in the first tier, not in the second."""
    assert replay(THREE, (12, 12), (-9, "-4.5")).amount == 50 + 20 + 2 - 1 - 35


def test_more_taken_away_than_given_costs_nothing():
    assert replay(TWO, (1, 1), (-2, "-1/2")).amount == 0


@pytest.mark.parametrize("steps", [[], [(3, 0)], [(3, 1), (-3, -1)]])
def test_without_prorated_units_only_the_first_flat_is_due(steps):
    assert replay(TWO, *steps).amount == 3


def test_units_of_no_days_are_left_out_and_so_are_removals_of_them():
    assert replay(TWO, (2, 0), (-2, 0), (4, 2)).amount == 23


def test_a_removal_that_weighs_nothing_counts_where_there_is_something_to_remove():
    """Seats that come and go: each addition carries its own days, so the removals weigh nothing."""
    assert replay(TWO, (5, 5), (-2, 0), (4, 4)).amount == 50 + 2 * 10 + 2 * 8 + 5


def test_a_step_of_nothing_changes_nothing():
    assert replay(TWO, (4, 4), (0, 0), (3, 2)).amount == replay(TWO, (4, 4), (3, 2)).amount


def test_a_first_tier_may_begin_at_one():
    assert replay(tiers((1, 5, "10", "0"), (6, None, "8", "0")), ("0.5", "0.5"), (6, 3)).amount == 5 + 22.5 + 6


def test_tiers_that_touch():
    assert replay(tiers((0, 5, "10", "0"), (5, None, "8", "0")), (4, 4), (3, 3)).amount == 66


def test_a_tier_narrower_than_a_unit_does_not_hold_up_the_rest():
    """After the first tier comes unit 3, which no tier has: the one after the gap takes it."""
    assert replay(tiers((0, 2, "10", "0"), (2, 2.5, "5", "0"), (3.5, None, "1", "0")), (4, 4)).amount == 22


def test_a_total_in_a_gap_counts_as_in_the_first_tier():
    gap = tiers((0, 5, "10", "0"), (6, None, "8", "0"))
    assert replay(gap, ("5.5", "5.5")).amount == 54


def test_negative_prorated_units_are_a_zero_fee():
    assert replay(TWO, (4, 1), (-3, -2)) == Price(Decimal(0), Decimal(0), Decimal(0), {})


SEPTEMBER = tiers((0, 5, "10", "100"), (6, 15, "5", "50"), (16, None, "2", "0"))
CHANGES = [(2, "42/30"), (5, "75/30"), (-6, "-66/30"), (10, "60/30"), (4, "20/30"), (60, "60/30")]


@pytest.mark.parametrize("changes, cents", [
    (1, 11400),  # 100 + 2 x 10 x 21/30
    (2, 18400),  # + 3 x 10 x 15/30 + 2 x 5 x 15/30 + 50
    (3, 16567),  # - 2 x 5 x 11/30 - 4 x 10 x 11/30
    (4, 17967),  # + 4 x 10 x 6/30 + 6 x 5 x 6/30
    (5, 18300),  # + 4 x 5 x 5/30
    (6, 18700),  # + 60 x 2 x 1/30
])
def test_a_month_of_changes(changes, cents):
    assert fee_amounts(replay(SEPTEMBER, *CHANGES[:changes]), "EUR").amount_cents == cents


weights = st.integers(1, 30)
rising = st.lists(st.tuples(st.integers(1, 30), weights), min_size=1, max_size=8)
ROWS = tiers((0, 10, "7", "3"), (11, 25, "2.5", "1"), (26, 27, "4", "0"), (28, None, "0.3", "2"))
EDGES = [(0, 10), (10, 25), (25, 27), (27, 10**9)]


def _simple_sum(steps):
    """Over steps and tiers, the units of the step inside the tier at its weight and price, and the reached flats."""
    amount, total = Fraction(0), 0
    for full, days in steps:
        for (low, high), row in zip(EDGES, ROWS, strict=True):
            inside = max(0, min(total + full, high) - max(total, low))
            amount += inside * Fraction(days, 32) * Fraction(row["per_unit_amount"])
        total += full
    return amount + sum(Fraction(row["flat_amount"]) for (low, _), row in zip(EDGES, ROWS, strict=True) if total > low)


@steady
@given(rising)
def test_rising_totals_are_the_simple_sum(steps):
    found = replay(ROWS, *((full, Fraction(full * days, 32)) for full, days in steps)).amount
    assert Fraction(found) == _simple_sum(steps)


whole = st.lists(st.tuples(st.integers(-20, 30), weights), max_size=10)
BOUNDS = st.lists(st.sampled_from(["0.5", "1", "3", "7.25"]), min_size=1, max_size=5)


@steady
@given(whole, BOUNDS, st.lists(st.booleans(), min_size=6, max_size=6))
def test_every_replay_comes_to_an_end_and_is_not_negative(steps, widths, gaps):
    rows, edge = [], Decimal(0)
    for width, gap in zip(widths, gaps, strict=False):
        start = edge + 1 if gap else edge
        edge = start + Decimal(width)
        rows.append((start, edge, "2", "1"))
    rows.append((edge, None, "1", "0"))
    assert replay(tiers(*rows), *((full, Fraction(full * days, 32)) for full, days in steps)).amount >= 0
