"""From a price to the amounts of a fee, in every currency (02 §1.3, §1.4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.currencies import CURRENCIES, Currency
from lago.pricing.fees import fee_amounts, major_units
from lago.pricing.values import Price
from tests.pricing.steady import steady


def amounts(amount, currency="EUR", unit_amount="0"):
    return fee_amounts(Price(Decimal(1), Decimal(amount), Decimal(unit_amount)), currency)


def test_there_are_142_currencies():
    assert len(CURRENCIES) == 142


@pytest.mark.parametrize("code, exponent, subunit", [
    ("EUR", 2, 100), ("HUF", 0, 1), ("JPY", 0, 1), ("KWD", 3, 1000), ("BHD", 3, 1000), ("CLF", 4, 10000), ("MRO", 1, 5),
    ("IRR", 2, 100), ("GHS", 2, 100),
])
def test_decimals_of_a_currency(code, exponent, subunit):
    assert CURRENCIES[code] == Currency(code, exponent, subunit)


@pytest.mark.parametrize("code", ["TND", "OMR", "eur", ""])
def test_currencies_that_are_not_accepted(code):
    assert code not in CURRENCIES


@pytest.mark.parametrize("amount, currency, cents", [
    ("0.005", "EUR", 1), ("0.00499", "EUR", 0), ("0.5", "JPY", 1), ("1.2345", "CLF", 12345), ("1.2345", "KWD", 1235),
    ("1.25", "MRO", 6), ("1.24", "MRO", 6), ("1.15", "MRO", 6), ("1.04", "MRO", 5),
    ("9" * 14, "EUR", int("9" * 14) * 100),
])
def test_cents_are_rounded_once(amount, currency, cents):
    assert amounts(amount, currency).amount_cents == cents


def test_precise_cents_are_not_rounded():
    assert amounts("0.12345678901234567").precise_amount_cents == Decimal("12.345678901234567")


@pytest.mark.parametrize("unit_amount, cents", [("1.999", 199), ("0.0375", 3), ("0.29", 29), ("0", 0)])
def test_unit_cents_are_cut(unit_amount, cents):
    assert amounts("0", unit_amount=unit_amount).unit_amount_cents == cents


def test_the_unit_price_has_15_decimals():
    assert amounts("0", unit_amount="0.0598802395209580838").precise_unit_amount == Decimal("0.059880239520958")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("amount", ["9" * 60, "1" + "0" * 14 + ".01"])
def test_no_amount_is_larger_than_what_can_be_stored_and_added_up(amount, sign):
    found = amounts(Decimal(amount) * sign, unit_amount=Decimal(amount) * sign)
    assert (found.amount_cents, found.unit_amount_cents) == (sign * 10**16, sign * 10**16)
    assert (found.precise_amount_cents, found.precise_unit_amount) == (sign * 10**16, sign * 10**14)


@pytest.mark.parametrize("cents, currency, amount", [(2515, "EUR", "25.15"), (7, "JPY", "7"), (12, "MRO", "2.4")])
def test_cents_as_currency_units(cents, currency, amount):
    assert major_units(cents, currency) == Decimal(amount)


@steady
@given(st.decimals(0, 10**9, places=6), st.sampled_from(sorted(set(CURRENCIES) - {"MRO"})))
def test_cents_are_within_half_a_cent_of_the_precise_amount(amount, currency):
    found = amounts(str(amount), currency)
    assert abs(found.amount_cents - found.precise_amount_cents) <= Decimal("0.5")
