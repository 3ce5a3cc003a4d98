"""Adjusted fees: units at a price, and times a computed amount (02 §11)."""

from decimal import Decimal

import pytest

from lago.pricing.adjusted_fees import at_price, times


@pytest.mark.parametrize(("units", "price", "currency", "cents", "precise", "unit_cents", "unit"), [
    ("7.5", "0.333", "EUR", 250, "249.75", 33, "0.333"),  # the example of 02 §11: the double is 33.300000000000004
    ("3", "1.005", "EUR", 301, "301.4999999999999", 100, "1.004999999999999"),  # 1.005 x 100 = 100.49999999999999
    ("2", "10.4", "JPY", 21, "20.8", 10, "10.4"),
    ("0.5", "1.2345", "KWD", 617, "617.25", 1235, "1.2345"),  # 1234.5 rounds up, 617.25 down
    ("0", "5", "EUR", 0, "0", 500, "5"),
])
def test_units_at_a_price(units, price, currency, cents, precise, unit_cents, unit):
    amounts = at_price(Decimal(units), Decimal(price), currency)
    assert (amounts.amount_cents, amounts.unit_amount_cents) == (cents, unit_cents)
    assert amounts.precise_amount_cents == pytest.approx(Decimal(precise), abs=Decimal("1e-12"))
    assert amounts.precise_unit_amount == pytest.approx(Decimal(unit), abs=Decimal("1e-14"))


def test_half_a_subscription_fee_is_rounded_up():
    amounts = times(Decimal("0.5"), 4901, "EUR")
    assert (amounts.amount_cents, amounts.precise_amount_cents) == (2451, Decimal("2450.5"))
    assert (amounts.unit_amount_cents, amounts.precise_unit_amount) == (4901, Decimal("49.01"))


def test_what_no_one_can_mean_is_cut():
    amounts = at_price(Decimal(10**15), Decimal(10**15), "EUR")
    assert (amounts.amount_cents, amounts.precise_amount_cents) == (10**16, 10**16)
    assert (amounts.unit_amount_cents, amounts.precise_unit_amount) == (10**16, 10**14)
    assert times(Decimal(10**15), -(10**15), "EUR").amount_cents == -(10**16)
