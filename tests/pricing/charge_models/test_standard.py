"""Standard charges: the table of 02 §3.2."""

from decimal import Decimal

import pytest

from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.values import Price
from tests.pricing.charge_models.usages import fee, price


@pytest.mark.parametrize("units, currency, cents, precise", [
    ("0", "EUR", 0, "0"),
    ("0.1", "EUR", 0, "0.375"),
    ("1", "EUR", 4, "3.75"),
    ("13", "EUR", 49, "48.75"),
    ("13", "KWD", 488, "487.5"),
    ("13", "JPY", 0, "0.4875"),
    ("33.3", "EUR", 125, "124.875"),
    ("-2", "EUR", 0, "0"),
])
def test_units_times_amount(units, currency, cents, precise):
    amounts = fee("standard", {"amount": "0.0375"}, units, currency)
    assert (amounts.amount_cents, amounts.precise_amount_cents) == (cents, Decimal(precise))


def test_negative_usage_is_a_zero_fee():
    assert price("standard", {"amount": "0.0375"}, "-2") == Price(Decimal(0), Decimal(0), Decimal(0), {})


def test_prorated_units_are_shown_and_divided_in_full():
    expected = Price(Decimal(6), Decimal("56.6667"), Decimal("9.44445"), {})
    assert price("standard", {"amount": "10"}, "5.66667", "6") == expected


def test_amounts_of_60_digits_lose_none():
    long = "1" * 30 + "." + "1" * 30
    assert str(price("standard", {"amount": long}, long).amount).replace(".", "") == str(int("1" * 60) ** 2)


@pytest.mark.parametrize("amount", [
    "0", "12", "0.0375", ".5", "5.", "1e3", "1E-3", " 7 ", "+2", "-0", "9" * 60, "0." + "3" * 60,
])
def test_amounts_that_are_valid(amount):
    assert CHARGE_MODELS["standard"].problems({"amount": amount}) == []


@pytest.mark.parametrize("amount", [
    None, "", " ", "ten", "-1", "NaN", "Infinity", "-Infinity", "sNaN", "1_000", "1,5", "١", "1e5000", "1e-5000",
    "1e999999999999999999999", 5, 5.5, True, ["1"], {"amount": "1"},
])
def test_amounts_that_are_not(amount):
    assert CHARGE_MODELS["standard"].problems({"amount": amount}) == ["invalid_amount"]


def test_the_amount_is_required():
    assert CHARGE_MODELS["standard"].problems({}) == ["invalid_amount"]
