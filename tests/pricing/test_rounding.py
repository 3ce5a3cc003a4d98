"""Numbers: rounding, division, doubles and their texts (02 §1)."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing import rounding
from tests.pricing.steady import steady


@pytest.mark.parametrize("x, expected", [
    ("1.5", 2), ("-1.5", -2), ("2.5", 3), ("-2.5", -3), ("1.4999", 1), ("0", 0), ("1E+3", 1000),
    ("9" * 60 + ".5", 10**60),
])
def test_halves_go_away_from_zero(x, expected):
    assert rounding.round_half_up(Decimal(x)) == expected


@pytest.mark.parametrize("x, expected", [(2.5, 3), (-2.5, -3), (499.49999999999994, 499), (0.49999999999999994, 0)])
def test_a_double_is_rounded_by_its_binary_value(x, expected):
    assert rounding.round_double(x) == expected


@pytest.mark.parametrize("x, places, expected", [
    ("1.23456789", 5, "1.23457"), ("-0.000005", 5, "-0.00001"), ("2.5", 0, "3"), ("0", 15, "0"),
    ("9" * 60 + ".1234565", 6, "9" * 60 + ".123457"),
])
def test_round_to_places(x, places, expected):
    assert rounding.round_to(Decimal(x), places) == Decimal(expected)


@pytest.mark.parametrize("x, expected", [("2.000001", "2.00001"), ("-0.123456", "-0.12345"), ("1", "1")])
def test_ceiling_at_five_decimals(x, expected):
    assert rounding.ceil5(Decimal(x)) == Decimal(expected)


@pytest.mark.parametrize("x, expected", [("6067.741935", "6067.74193"), ("-0.123456", "-0.12345")])
def test_cut_at_five_decimals(x, expected):
    assert rounding.trunc5(Decimal(x)) == Decimal(expected)


@pytest.mark.parametrize("dividend, divisor, quotient", [
    ("1", "3", "0." + "3" * 32),
    ("2", "3", "0." + "6" * 31 + "7"),
    ("75.3", "50.2", "1.5"),
    ("1" * 20, "3", "3703703703703703703." + "6" * 16 + "7"),
])
def test_division_keeps_32_digits_or_16_more_than_its_operands(dividend, divisor, quotient):
    assert rounding.divide(Decimal(dividend), Decimal(divisor)) == Decimal(quotient)


def test_exact_functions_ignore_the_callers_context():
    with localcontext() as context:
        context.prec = 3
        assert rounding.exact(lambda: Decimal("1234.5") + 1)() == Decimal("1235.5")


def test_a_double_keeps_its_whole_text():
    assert rounding.double_to_decimal(7 / 30) == Decimal("0.23333333333333334")


@pytest.mark.parametrize("x, expected", [
    (33.300000000000004, "33.3"), (-33.300000000000004, "-33.3"),
    (7 / 30, "0.2333333333333333"), (0.1, "0.1"), (0.0, "0"),
])
def test_a_double_that_meets_a_decimal_is_cut_to_16_digits(x, expected):
    assert rounding.double_to_decimal16(x) == Decimal(expected)


def test_a_ratio_of_days_keeps_its_whole_text_or_16_digits():
    assert rounding.ratio_in_doubles(7, 30) == Decimal("0.23333333333333334")
    assert rounding.ratio_in_doubles16(7, 30) == Decimal("0.2333333333333333")


@pytest.mark.parametrize("units, days, of_events, total", [
    ("12.5", 30, "4.3", "16.8"), ("12.5", 18, "2.1", "9.6"), ("12.5", 17, "2.1", "9.18334"), ("30", 7, "0", "7.00001"),
])
def test_carried_units_times_their_days(units, days, of_events, total):
    """The prorated sums of 01 §5.8."""
    carried = Decimal(units) * rounding.ratio_in_doubles(days, 30)
    assert rounding.ceil5(carried + Decimal(of_events)) == Decimal(total)


def test_a_prorated_unit_weighs_its_part_of_16_digits():
    third = rounding.weight_in_doubles(Decimal("0.66666666666666666667"), Decimal(2))
    assert third == Decimal("0.3333333333333333")


def test_a_percentage_is_the_double_of_the_exact_product_over_100():
    assert rounding.percentage_in_doubles(Decimal("1041.25"), Decimal("2.5")) == 26.03125


def test_doubles_are_summed_from_the_left():
    shares = [rounding.percentage_in_doubles(Decimal(118900), Decimal(rate)) for rate in ("7.7", "8.1", "0.7")]
    assert rounding.sum_in_doubles(shares) == 19618.499999999996


@pytest.mark.parametrize("units, size, packages", [("0", 250, 0), ("0.01", 250, 1), ("250", 250, 1), ("250.5", 250, 2)])
def test_begun_packages_count(units, size, packages):
    assert rounding.packages_in_doubles(Decimal(units), size) == packages


@pytest.mark.parametrize("x, text", [
    ("0", "0.0"), ("-0", "0.0"), ("0E-15", "0.0"), ("10", "10.0"), ("1E+2", "100.0"), ("1.24875", "1.24875"),
    ("24.7666666666666667000", "24.7666666666666667"), ("0.00123", "0.00123"), ("1E-7", "0.0000001"), ("-3", "-3.0"),
])
def test_decimals_as_text(x, text):
    assert rounding.decimal_text(Decimal(x)) == text


@pytest.mark.parametrize("cents, currency, text", [
    ("2515", "EUR", "25.15"), ("3018", "EUR", "30.18"), ("124.875", "EUR", "1.24875"), ("0", "EUR", "0.0"),
    ("487.5", "KWD", "0.4875"), ("0.4875", "JPY", "0.4875"), ("12", "MRO", "2.4"),
    ("4790.322580645161290322", "EUR", "47.90322580645161"),
    ("1234567890123456789", "EUR", "12345678901234560.0"),
])
def test_precise_amounts_as_text(cents, currency, text):
    assert rounding.precise_text(Decimal(cents), currency) == text


@steady
@given(st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_text_gives_back_the_number(x):
    assert Decimal(rounding.decimal_text(x)) == x


@steady
@given(st.decimals(-(10**9), 10**9, places=7))
def test_rounding_is_never_further_than_a_half(x):
    assert abs(rounding.round_half_up(x) - x) <= Decimal("0.5")
