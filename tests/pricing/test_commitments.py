"""Minimum commitments: the examples of 02 §9 and of the acceptance scenarios, and what always holds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.commitments import Commitment, Service, Span, committed, shortfall, span_of
from lago.pricing.values import Period
from tests.pricing.steady import steady

ZONE = ZoneInfo("UTC")
JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))
MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("cents, days, length, due", [
    (10000, 20, 30, 6667),
    (12500, 17, 31, 6855),  # 6854.8
    (1_000_000, 25, 28, 892_857),
    (1_000_000, 2, 29, 68_966),  # 68965.5
    (15000, 29, 29, 15000),
    (15000, 0, 31, 0),
])
def test_what_is_due_for_some_days(cents, days, length, due):
    assert Commitment(cents, days, length).due_cents == due


@pytest.mark.parametrize("period, service, days", [
    (JUNE, Service(ZONE, at("2024-06-11T15:00")), 20),
    (JUNE, Service(ZONE, at("2024-05-11T15:00")), 30),
    (MARCH, Service(ZONE, at("2024-01-01"), at("2024-03-17T10:00")), 17),
    (MARCH, Service(ZONE, at("2024-03-10T10:00"), at("2024-03-17T10:00")), 8),
    (MARCH, Service(ZONE, at("2024-01-01"), at("2024-04-01T00:00")), 31),  # ended after the period
    (MARCH, Service(ZoneInfo("Europe/Berlin"), at("2024-02-29T23:30")), 31),  # 1 March there; clocks change on the 31st
    (MARCH, Service(ZoneInfo("Europe/Berlin"), at("2024-01-01"), at("2024-03-31T21:59")), 31),
])
def test_the_days_of_a_period_in_service(period, service, days):
    assert committed(10000, period, service) == Commitment(10000, days, period.days)


@pytest.mark.parametrize("due, counted, precise, cents, precise_cents", [
    (6667, 3500, "3500", 3167, "3167"),  # subscription 2000, usage 1500
    (15000, 12500, "12500", 2500, "2500"),  # subscription 10000, usage 2000, events in advance 500
    (68_966, 690 + 3 * 1000, "3689.655172413793", 65_276, "65276.344827586207"),
    (100, 99, "100.4", 1, "0"),
])
def test_amounts_of_the_fee(due, counted, precise, cents, precise_cents):
    fee = shortfall(due, counted, Decimal(precise), "EUR")
    assert (fee.amount_cents, fee.unit_amount_cents) == (cents, cents)
    assert (fee.precise_amount_cents, fee.precise_unit_amount) == (Decimal(precise_cents), Decimal(cents) / 100)


@pytest.mark.parametrize("counted, precise", [(1000, "999.5"), (1001, "1001")])
def test_fees_that_reach_the_commitment_bring_none(counted, precise):
    assert shortfall(1000, counted, Decimal(precise), "EUR") is None


@pytest.mark.parametrize("currency, unit_amount", [("JPY", "500"), ("KWD", "0.5")])
def test_the_unit_price_is_in_units_of_the_currency(currency, unit_amount):
    assert shortfall(500, 0, Decimal(0), currency).precise_unit_amount == Decimal(unit_amount)


@given(st.integers(1, 10**15), st.integers(0, 366), st.integers(0, 10**15))
@steady
def test_fees_and_shortfall_come_to_what_is_due(cents, days, counted):
    due = Commitment(cents, days, 366).due_cents
    fee = shortfall(due, counted, Decimal(counted), "EUR")
    assert max(due, counted) == counted + (fee.amount_cents if fee else 0)


INSIDE = span_of(JUNE, JUNE, ZONE)


@pytest.mark.parametrize("starts, ends, held", [
    ("2024-06-01T00:00", "2024-06-30T23:59:59.999", True),
    ("2024-06-30T10:00", "2024-06-30T23:59:59.999", True),
    ("2024-05-01T00:00", "2024-05-31T23:59:59.999", False),
    ("2024-07-01T00:00", "2024-07-01T00:00", False),
    ("2024-05-31T22:00", "2024-06-30T21:59:59.999", True),  # the customer lived two hours further east then
    ("2024-05-31T04:00", "2024-06-01T03:59:59.999", False),  # one day, when he lived four hours further west
])
def test_windows_inside(starts, ends, held):
    assert INSIDE.holds(at(starts), at(ends)) is held


def test_no_window_is_inside_of_nothing():
    assert not INSIDE.holds(None, None)


def test_a_span_reaches_over_several_periods():
    assert span_of(MARCH, JUNE, ZONE) == Span(at("2024-03-01"), at("2024-06-30T23:59:59.999999"))
