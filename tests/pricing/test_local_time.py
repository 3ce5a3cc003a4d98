"""Where days begin and end in a time zone (03 §0)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.local_time import dawn, dusk, local_date, whole_second
from tests.pricing.boundaries import instant
from tests.pricing.steady import steady

ZONES = [
    "UTC", "America/Los_Angeles", "America/Santiago", "America/Havana", "America/St_Johns", "Asia/Kolkata",
    "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Apia", "Pacific/Kiritimati",
]


@pytest.mark.parametrize("at, zone, day", [
    ("2025-04-30 18:29:59", "Asia/Kolkata", date(2025, 4, 30)),
    ("2025-04-30 18:30:00", "Asia/Kolkata", date(2025, 5, 1)),
    ("2025-03-05 06:30", "America/Los_Angeles", date(2025, 3, 4)),
])
def test_local_date(at, zone, day):
    assert local_date(instant(at), ZoneInfo(zone)) == day


@pytest.mark.parametrize("day, zone, begins, ends", [
    (date(2025, 3, 9), "America/Los_Angeles", "2025-03-09 08:00", "2025-03-10 06:59:59"),
    (date(2025, 4, 6), "Pacific/Auckland", "2025-04-05 11:00", "2025-04-06 11:59:59"),
    (date(2025, 1, 7), "Asia/Kolkata", "2025-01-06 18:30", "2025-01-07 18:29:59"),
])
def test_dawn_and_dusk(day, zone, begins, ends):
    assert (dawn(day, ZoneInfo(zone)), dusk(day, ZoneInfo(zone))) == (instant(begins), instant(ends))


def test_where_midnight_does_not_exist_the_day_begins_with_the_transition():
    """In Beirut clocks went from 00:00 to 01:00 on 31 March 2024."""
    assert dawn(date(2024, 3, 31), ZoneInfo("Asia/Beirut")) == instant("2024-03-30 22:00")


def test_where_midnight_occurs_twice_the_day_begins_with_the_first():
    """In Havana clocks went from 01:00 back to 00:00 on 2 November 2025."""
    assert dawn(date(2025, 11, 2), ZoneInfo("America/Havana")) == instant("2025-11-02 04:00")


def test_where_the_last_hour_occurs_twice_the_day_ends_with_the_second():
    """In Santiago clocks went from 24:00 back to 23:00 on 5 April 2025."""
    assert dusk(date(2025, 4, 5), ZoneInfo("America/Santiago")) == instant("2025-04-06 03:59:59")


@pytest.mark.parametrize("at, second", [
    ("2025-03-12 16:20:00.499999", "2025-03-12 16:20:00"), ("2025-03-12 16:20:00.5", "2025-03-12 16:20:01"),
])
def test_whole_seconds(at, second):
    assert whole_second(instant(at)) == instant(second)


@steady
@given(st.dates(date(2012, 1, 1), date(2040, 1, 1)), st.sampled_from(ZONES))
def test_days_tile_time(day, zone):
    known = ZoneInfo(zone)
    assert dawn(day + timedelta(days=1), known) - dusk(day, known) == timedelta(microseconds=1)


@steady
@given(st.datetimes(datetime(2012, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_every_instant_lies_within_its_local_date(at, zone):
    day = local_date(at, ZoneInfo(zone))
    assert dawn(day, ZoneInfo(zone)) <= at <= dusk(day, ZoneInfo(zone))
