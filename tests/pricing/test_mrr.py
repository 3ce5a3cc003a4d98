"""Over which months a subscription fee is spread: the examples of 06 §5, and that nothing is lost on the way."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.mrr import billed_months, month_of, spread_backwards, spread_forwards, weekly_mrr
from lago.pricing.rounding import round_half_up, round_to


def minutes(days):
    """From the beginning of the first of so many days to 23:59 of the last one."""
    return days * 1440 - 1


def test_weeks_are_an_average_of_all_fees():
    assert weekly_mrr(Decimal(700 + 900 + 1100), 3) == 3897


def test_a_year_in_arrears_is_spread_backwards():
    shares = spread_backwards(Decimal(120000), minutes(365), date(2025, 1, 1))
    assert round_to(billed_months(minutes(365)), 2) == Decimal("11.99")
    assert list(shares) == [month_of(date(2025, 1, 1), -place) for place in range(12)]
    *equal, last = (round_half_up(share) for share in shares.values())
    assert equal == [10008] * 11 and last == 9915  # 120000 less 11 × 120000 × 30.44 × 1440 / 525599


def test_a_quarter_in_advance_is_spread_forwards():
    length = minutes((date(2025, 4, 9) - date(2025, 1, 10)).days + 1)
    shares = spread_forwards(Decimal(30000), length, date(2025, 1, 10))
    assert round_to(billed_months(length), 6) == Decimal("2.956613")
    assert {f"{month:%b}": str(round_to(share, 2)) for month, share in shares.items()} == {
        "Jan": "7200.92", "Feb": "10146.74", "Mar": "12652.34",
    }


@pytest.mark.parametrize("spread", [spread_backwards, spread_forwards])
@pytest.mark.parametrize("length", [0, 1, minutes(12), minutes(30)])
def test_what_is_for_a_month_at_most_stays_in_its_month(spread, length):
    assert spread(Decimal(900), length, date(2025, 3, 20)) == {date(2025, 3, 1): 900}


def test_months_of_exactly_their_average_length_lose_nothing():
    shares = spread_forwards(Decimal(50000), int(5 * 1440 * Decimal("30.44")), date(2025, 1, 1))
    assert list(shares.values()) == [10000] * 5


@given(
    st.integers(-10**9, 10**9), st.integers(0, 366 * 1440), st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from([spread_backwards, spread_forwards]),
)
def test_what_is_spread_adds_up_to_the_fee(net, length, issued_on, spread):
    shares = spread(Decimal(net), length, issued_on)
    assert round_to(sum(shares.values()), 9) == net
    assert month_of(issued_on) in shares and len(shares) <= 13
