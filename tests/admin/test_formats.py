"""How pages print values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lago.admin import charts, formats
from lago.core import clock


@pytest.mark.parametrize("cents, currency, text", [
    (123450, "EUR", "1,234.50"), (-5, "USD", "−0.05"), (77057, "JPY", "77,057"), (1234567, "KWD", "1,234.567"),
    (0, "EUR", "0.00"), (7, "MRO", "1.4"),
])
def test_money_has_the_decimals_of_its_currency(cents, currency, text):
    assert formats.amount(cents, currency) == text


@pytest.mark.parametrize("value, text", [
    (Decimal("1234.500"), "1,234.5"), (Decimal("1E+3"), "1,000"), (Decimal("0.000000000000001"), "0.000000000000001"),
    (Decimal("-2"), "−2"), (None, ""),
])
def test_quantities_have_no_needless_zeros(value, text):
    assert formats.units(value) == text


@pytest.mark.parametrize("passed, text", [
    (timedelta(seconds=0), "now"), (timedelta(seconds=59), "59 s ago"), (timedelta(minutes=60), "1 h ago"),
    (timedelta(days=29), "29 d ago"), (timedelta(days=31), "31 May 2025"), (timedelta(seconds=-1), "1 Jul 2025"),
])
def test_ages_are_told_by_the_clock(passed, text):
    now = datetime(2025, 7, 1, tzinfo=UTC)
    with clock.at(now):
        assert formats.age(now - passed) == text


def test_json_is_indented_and_anything_else_stays():
    assert formats.pretty('{"a": 1}') == '{\n  "a": 1\n}'
    assert formats.pretty("<h1>no</h1>") == "<h1>no</h1>"


@pytest.mark.parametrize("values, top", [
    ([], 1), ([0], 1), ([1], 1), ([7], 10), ([11], 20), ([21, 3], 50), ([501], 1000),
])
def test_a_chart_ends_at_a_round_number(values, top):
    assert charts.nice_top(values) == top


def test_months_go_back_over_the_turn_of_the_year():
    months = charts.last_months(date(2025, 2, 28))
    assert (months[0], months[-1], len(months)) == (date(2024, 3, 1), date(2025, 2, 1), 12)


def test_days_without_events_are_drawn_as_zero():
    chart = charts.daily({date(2025, 2, 28): 3}, date(2025, 2, 28))
    assert (len(chart.points), chart.total, chart.points[-1].value) == (30, 3, 3)
