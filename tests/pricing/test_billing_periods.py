"""Billing periods of every interval and billing time, on local dates (03 §4.1, §4.4)."""

from calendar import monthrange
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.billing_periods import (
    Terms,
    is_billing_day,
    is_first_month,
    next_billing_day,
    period_containing,
    reference_date_back,
)
from lago.pricing.local_time import dawn, dusk
from tests.pricing.boundaries import terms
from tests.pricing.steady import steady
from tests.pricing.test_local_time import ZONES

DAY = timedelta(days=1)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize("kind, anchor, today, first, last", [
    ("weekly calendar", "2024-02-07", "2025-03-05", "2025-03-03", "2025-03-09"),
    ("weekly anniversary", "2024-02-07", "2025-03-05", "2025-03-05", "2025-03-11"),
    ("weekly anniversary", "2024-02-07", "2025-03-04", "2025-02-26", "2025-03-04"),
    ("monthly calendar", "2024-02-07", "2024-02-29", "2024-02-01", "2024-02-29"),
    ("monthly anniversary", "2024-12-31", "2025-02-27", "2025-01-31", "2025-02-27"),
    ("monthly anniversary", "2024-12-31", "2025-02-28", "2025-02-28", "2025-03-30"),
    ("monthly anniversary", "2024-12-31", "2025-03-31", "2025-03-31", "2025-04-29"),
    ("quarterly calendar", "2024-02-07", "2025-06-30", "2025-04-01", "2025-06-30"),
    ("quarterly anniversary", "2024-11-30", "2025-02-27", "2024-11-30", "2025-02-27"),
    ("quarterly anniversary", "2024-11-30", "2025-02-28", "2025-02-28", "2025-05-29"),
    ("semiannual calendar", "2024-02-07", "2025-07-01", "2025-07-01", "2025-12-31"),
    ("semiannual anniversary", "2024-08-31", "2025-02-28", "2025-02-28", "2025-08-30"),
    ("yearly calendar", "2024-02-07", "2024-12-31", "2024-01-01", "2024-12-31"),
    ("yearly anniversary", "2024-02-29", "2025-02-27", "2024-02-29", "2025-02-27"),
    ("yearly anniversary", "2024-02-29", "2028-02-28", "2027-02-28", "2028-02-28"),
    ("yearly anniversary", "2025-01-17", "2020-01-01", "2019-01-17", "2020-01-16"),
])
def test_the_period_of_a_day(kind, anchor, today, first, last):
    found = period_containing(terms(f"{kind} arrears", anchor), day(today))
    assert (found.first, found.last) == (day(first), day(last))


@pytest.mark.parametrize("kind, today, length", [
    ("weekly calendar", "2025-02-12", 7),
    ("monthly calendar", "2025-02-12", 28),
    ("quarterly calendar", "2025-02-12", 90),
    ("semiannual calendar", "2025-02-12", 181),
    ("yearly calendar", "2025-02-12", 365),
    ("yearly calendar", "2028-02-12", 366),
])
def test_the_length_of_a_period(kind, today, length):
    assert period_containing(terms(f"{kind} arrears", "2024-02-07"), day(today)).days == length


@pytest.mark.parametrize("kind, anchor, today, back", [
    ("weekly calendar", "2024-02-07", "2025-03-05", "2025-02-26"),
    ("monthly calendar", "2024-12-31", "2025-03-31", "2025-02-28"),
    ("monthly calendar", "2024-12-31", "2025-02-28", "2025-01-28"),
    ("monthly anniversary", "2024-12-31", "2025-02-28", "2025-01-31"),
    ("monthly anniversary", "2024-12-31", "2025-03-30", "2025-02-28"),
    ("monthly anniversary", "2024-12-30", "2025-02-28", "2025-01-30"),
    ("quarterly anniversary", "2024-11-30", "2025-02-28", "2024-11-30"),
    ("semiannual anniversary", "2024-08-31", "2025-02-28", "2024-08-31"),
    ("yearly anniversary", "2024-02-29", "2025-02-28", "2024-02-29"),
    ("yearly anniversary", "2024-02-29", "2028-02-29", "2027-02-28"),
])
def test_the_reference_date_back(kind, anchor, today, back):
    assert reference_date_back(terms(f"{kind} arrears", anchor), day(today)) == day(back)


@pytest.mark.parametrize("kind, anchor, by_month, after, expected", [
    ("weekly calendar", "2024-02-07", "", "2025-03-03", "2025-03-10"),
    ("weekly anniversary", "2024-02-07", "", "2025-03-03", "2025-03-05"),
    ("monthly calendar", "2024-02-07", "", "2025-02-28", "2025-03-01"),
    ("monthly anniversary", "2024-12-31", "", "2025-01-31", "2025-02-28"),
    ("monthly anniversary", "2024-12-31", "", "2025-02-28", "2025-03-31"),
    ("quarterly anniversary", "2024-11-30", "", "2025-01-01", "2025-02-28"),
    ("yearly anniversary", "2024-02-29", "", "2024-02-29", "2025-02-28"),
    ("yearly calendar", "2024-02-07", "charges", "2025-03-01", "2025-04-01"),
    ("yearly calendar", "2024-02-07", "fixed_charges", "2025-12-31", "2026-01-01"),
    ("quarterly calendar", "2024-02-07", "charges", "2025-04-01", "2025-07-01"),
])
def test_the_next_billing_day(kind, anchor, by_month, after, expected):
    assert next_billing_day(terms(f"{kind} arrears", anchor, by_month=by_month), day(after)) == day(expected)


@pytest.mark.parametrize("kind, today, first", [
    ("yearly calendar", "2025-01-20", True), ("yearly calendar", "2025-07-20", False),
    ("semiannual calendar", "2025-07-20", True), ("semiannual calendar", "2025-08-01", False),
    ("yearly anniversary", "2025-03-06", True), ("yearly anniversary", "2025-03-07", False),
    ("semiannual anniversary", "2025-08-07", True), ("semiannual anniversary", "2025-05-07", False),
])
def test_the_first_month_of_a_longer_period(kind, today, first):
    assert is_first_month(terms(f"{kind} arrears", "2024-02-07"), day(today)) == first


dates = st.dates(date(2000, 1, 1), date(2060, 1, 1))
any_terms = st.builds(
    Terms,
    interval=st.sampled_from(["weekly", "monthly", "quarterly", "semiannual", "yearly"]),
    billing_time=st.sampled_from(["calendar", "anniversary"]),
    anchor=dates,
    pay_in_advance=st.booleans(),
    bill_charges_monthly=st.booleans(),
    bill_fixed_charges_monthly=st.booleans(),
)


@steady
@given(any_terms, dates)
def test_a_day_lies_in_its_period(known, today):
    found = period_containing(known, today)
    assert found.first <= today <= found.last


@steady
@given(any_terms, dates)
def test_all_days_of_a_period_agree_on_it(known, today):
    found = period_containing(known, today)
    assert period_containing(known, found.first) == period_containing(known, found.last) == found


@steady
@given(any_terms, dates, st.sampled_from(ZONES))
def test_periods_tile_time_in_every_zone(known, today, zone):
    found = period_containing(known, today)
    following = period_containing(known, found.last + DAY)
    gap = dawn(following.first, ZoneInfo(zone)) - dusk(found.last, ZoneInfo(zone))
    assert gap == timedelta(microseconds=1)


@steady
@given(any_terms, dates)
def test_from_the_start_of_a_period_back_lies_the_one_before(known, today):
    first = period_containing(known, today).first
    assert period_containing(known, reference_date_back(known, first)).last == first - DAY


@steady
@given(any_terms, dates)
def test_the_next_billing_day_is_a_billing_day(known, today):
    assert is_billing_day(known, next_billing_day(known, today))


@steady
@given(any_terms, dates)
def test_no_billing_day_is_passed_over(known, today):
    between = (next_billing_day(known, today) - today).days
    assert not any(is_billing_day(known, today + DAY * ahead) for ahead in range(1, between))


@steady
@given(dates, st.integers(0, 400))
def test_a_monthly_anniversary_is_the_day_of_the_anchor_or_the_last_of_a_shorter_month(anchor, months):
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    expected = date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
    assert is_billing_day(Terms("monthly", "anniversary", anchor, False), expected)
