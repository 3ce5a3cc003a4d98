"""From the price in a pricing unit to the amounts of a fee in money (02 §10)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.currencies import CURRENCIES
from lago.pricing.fees import fee_amounts
from lago.pricing.pricing_units import amounts_in_units, amounts_in_units_of_event, cents_in_money, in_money
from lago.pricing.values import FeeAmounts, Price
from tests.pricing.steady import steady


def price(amount, unit_amount="0"):
    return Price(Decimal(1), Decimal(amount), Decimal(unit_amount))


def converted(amount, rate, currency="EUR", unit_amount="0"):
    """Cents, precise cents, unit cents and unit price in money."""
    money = in_money(amounts_in_units(price(amount, unit_amount)), Decimal(rate), currency)
    return money.amount_cents, money.precise_amount_cents, money.unit_amount_cents, money.precise_unit_amount


@pytest.mark.parametrize("amount, rate, currency, cents, precise", [
    ("12.345", "0.25", "EUR", 309, "308.75"),  # 1235 cents: 3.0875
    ("4.625", "0.8", "EUR", 370, "370.4"),  # 463 cents: 3.704
    ("0.004", "100", "EUR", 0, "0"),  # nothing is left of it before the conversion
    ("0.005", "100", "EUR", 100, "100"),
    ("10", "1", "EUR", 1000, "1000"),
    ("12.345", "0.25", "JPY", 3, "3.0875"),
    ("12.345", "0.25", "KWD", 3088, "3087.5"),  # 3.0875 has three decimals: 3.088
    ("12.345", "0.25", "CLF", 30875, "30875"),
    ("12.345", "0.25", "MRO", 15, "15.4375"),  # 3.1 x 5 = 15.5, cut
])
def test_money_comes_from_the_rounded_units(amount, rate, currency, cents, precise):
    assert converted(amount, rate, currency)[:2] == (cents, Decimal(precise))


@pytest.mark.parametrize("unit_amount, rate, currency, cents, precise", [
    ("0.125", "0.8", "EUR", 9, "0.096"),  # 12 cents, not 12.5
    ("0.129", "1", "EUR", 12, "0.12"),
    ("1.999", "0.5", "EUR", 99, "0.995"),  # 199 cents
    ("0.009", "1000", "EUR", 0, "0"),
    ("3", "0.5", "JPY", 1, "1.5"),
])
def test_the_price_of_one_comes_from_the_cut_unit_cents(unit_amount, rate, currency, cents, precise):
    assert converted("1", rate, currency, unit_amount)[2:] == (cents, Decimal(precise))


def test_the_amounts_in_the_unit_are_kept_beside():
    in_units = amounts_in_units(price("12.345", "0.125"))
    assert in_units == FeeAmounts(1235, Decimal("1234.5"), 12, Decimal("0.125"))
    assert in_money(in_units, Decimal("0.25"), "EUR").in_units == in_units


def test_of_an_event_the_rounded_amount_is_the_precise_one():
    in_units = amounts_in_units_of_event(price("12.345", "0.125"))
    assert in_units == FeeAmounts(1235, Decimal(1235), 12, Decimal("0.125"))


def test_long_rates_lose_no_digit():
    rate = "0.333333333333333"
    assert converted("1000000000.00", rate)[1] == Decimal("33333333333.3333")


@steady
@given(
    amount=st.decimals(0, 10**9, places=7), rate=st.decimals("0.000001", 10**6, places=15),
    currency=st.sampled_from(sorted(CURRENCIES)),
)
def test_one_unit_worth_one_changes_nothing_and_cents_alone_come_to_the_same(amount, rate, currency):
    in_units = amounts_in_units(price(amount))
    assert cents_in_money(in_units.amount_cents, rate, currency) == in_money(in_units, rate, currency).amount_cents
    rounded = price(Decimal(in_units.amount_cents).scaleb(-2))
    assert in_money(in_units, Decimal(1), currency).amount_cents == fee_amounts(rounded, currency).amount_cents
