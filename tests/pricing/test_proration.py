"""Counting local days, and prices of days (03 §5.1, §5.2)."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.local_time import dawn, dusk
from lago.pricing.proration import Proration, days, days_for_upgrade, prorate
from tests.pricing.boundaries import instant
from tests.pricing.steady import steady
from tests.pricing.test_local_time import ZONES


@pytest.mark.parametrize("start, end, zone, count", [
    ("2025-03-01 00:00", "2025-03-31 23:59:59", "UTC", 31),
    ("2025-03-01 00:00", "2025-03-12 16:20", "UTC", 12),
    ("2025-03-01 00:00", "2025-03-13 00:00", "UTC", 13),
    ("2025-03-12 09:00", "2025-03-12 16:20", "UTC", 1),
    ("2025-04-11 10:00", "2025-04-30 23:59:59", "UTC", 20),
    ("2025-03-04 08:00", "2025-04-01 06:59:59", "America/Los_Angeles", 28),
    ("2025-09-19 12:00", "2025-09-30 10:59:59", "Pacific/Auckland", 11),
    ("2025-03-01 10:00", "2025-03-01 10:00", "UTC", 0),
])
def test_begun_days_count(start, end, zone, count):
    assert days(instant(start), instant(end), ZoneInfo(zone)) == count


@pytest.mark.parametrize("end, count", [("2025-03-12 16:20", 11), ("2025-03-01 16:20", 0), ("2025-03-01 00:00", 0)])
def test_the_day_of_an_upgrade_does_not_count(end, count):
    assert days_for_upgrade(instant("2025-03-01 00:00"), instant(end), ZoneInfo("UTC")) == count


def test_the_price_of_days_is_divided_first_in_doubles():
    assert prorate(999, 15, 30) == Proration(15, 30, Decimal("33.3"), 499, Decimal("499.49999999999994"))


dates = st.dates(date(2012, 1, 1), date(2040, 1, 1))


@steady
@given(dates, st.integers(0, 400), st.sampled_from(sorted(set(ZONES) - {"Pacific/Apia"})))
def test_from_dawn_to_dusk_is_the_number_of_dates(first, more, zone):
    known = ZoneInfo(zone)
    assert days(dawn(first, known), dusk(first + timedelta(days=more), known), known) == more + 1


@steady
@given(st.integers(0, 10**9), st.integers(1, 366), st.integers(0, 366))
def test_days_never_cost_more_than_the_whole(amount, length, count):
    assert prorate(amount, min(count, length), length).amount_cents <= amount
