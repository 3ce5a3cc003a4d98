"""Which time an invoice line covers: all rows of 03 §11.1, then the corners around them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from lago.pricing.values import Period, Windows
from lago.pricing.windows import Situation, windows
from tests.pricing.boundaries import ROWS, Row, instant, line_of, terms

UTC = ZoneInfo("UTC")


def each_row(test):
    return pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row{row.number}")(test)


@each_row
def test_window_of_the_subscription_fee(row: Row):
    line = row.windows
    assert (line.from_datetime, line.to_datetime) == row.expected(row.fee)


@each_row
def test_window_of_usage(row: Row):
    line = row.windows
    assert (line.charges_from_datetime, line.charges_to_datetime) == row.expected_usage


@each_row
def test_window_of_fixed_charges(row: Row):
    line = row.windows
    assert (line.fixed_charges_from_datetime, line.fixed_charges_to_datetime) == row.expected(row.fixed)


def test_there_are_57_rows():
    assert [row.number for row in ROWS] == list(range(1, 58))


def test_nothing_is_known_before_the_start():
    at = instant("2025-01-01 00:00")
    assert windows(terms("monthly calendar advance", "2025-01-17"), UTC, Situation.CURRENT, at, None) == Windows(at)


@pytest.mark.parametrize("kind, at, days", [
    ("weekly calendar arrears", "2025-03-03 00:10", 7),
    ("monthly calendar arrears", "2025-03-01 00:10", 28),
    ("monthly calendar advance", "2025-02-01 00:10", 31),
    ("yearly calendar arrears", "2026-01-01 00:10", 365),
])
def test_duration_of_usage_is_that_of_the_whole_period(kind, at, days):
    assert line_of(kind, at).charges_duration == days


def test_durations_of_a_split_plan_are_those_of_each_part():
    line = line_of("yearly calendar advance", "2026-01-01 00:10", by_month="charges")
    assert (line.charges_duration, line.fixed_charges_duration) == (31, 365)


def test_no_duration_without_a_window():
    line = line_of("yearly calendar advance", "2025-06-01 00:10", by_month="charges")
    assert (line.charges_duration, line.fixed_charges_duration) == (31, None)


def test_the_line_tells_its_whole_periods():
    periods = line_of("monthly calendar advance", "2025-02-01 00:10").periods
    assert (periods.subscription, periods.charges) == (
        Period(date(2025, 2, 1), date(2025, 2, 28)), Period(date(2025, 1, 1), date(2025, 1, 31)),
    )


@pytest.mark.parametrize("interval, day, starts", [
    ("yearly", "2026-01-01", True), ("yearly", "2025-07-01", False),
    ("semiannual", "2026-01-01", True), ("semiannual", "2025-07-01", True), ("semiannual", "2025-10-01", False),
])
def test_fixed_charges_of_a_split_plan_are_billed_in_the_first_month(interval, day, starts):
    line = line_of(f"{interval} calendar advance", f"{day} 00:10", by_month="charges")
    assert (line.fixed_charges_to_datetime is not None) == starts


def test_monthly_flags_mean_nothing_on_shorter_intervals():
    split = line_of("quarterly calendar arrears", "2025-05-01 00:10", by_month="charges")
    assert split == line_of("quarterly calendar arrears", "2025-05-01 00:10")


def test_current_usage_always_has_a_window_for_usage():
    line = line_of("yearly calendar arrears", "2025-06-10", Situation.CURRENT, by_month="fixed_charges")
    assert line.charges_to_datetime == instant("2025-12-31 23:59:59")


def test_current_usage_of_monthly_charges_is_that_of_the_month():
    line = line_of("yearly calendar arrears", "2025-06-10", Situation.CURRENT, by_month="charges")
    assert line.charges_from_datetime == instant("2025-06-01 00:00")
