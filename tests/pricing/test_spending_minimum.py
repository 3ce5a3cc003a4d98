"""Spending minimums of charges: the examples of 02 §1.2 and §5, and what always holds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.currencies import CURRENCIES
from lago.pricing.spending_minimum import spending_minimum, true_up
from lago.pricing.values import FeeAmounts
from tests.pricing.steady import steady


def a_fee(cents, precise=None):
    return FeeAmounts(cents, Decimal(precise or cents), 0, Decimal(0))


@pytest.mark.parametrize("cents, duration, days, text", [
    (10000, 30, 15, "5000.0"),
    (906, 28, 7, "226.49999999999997"),  # exactly 226.5
    (7900, 28, 28, "7900.000000000001"),  # exactly 7900
    (1000, 31, 17, "548.3870967741935"),
    (1000, 30, 0, "0.0"),
])
def test_minimum_of_a_part_of_the_period(cents, duration, days, text):
    assert repr(spending_minimum(cents, duration, days)) == text


@pytest.mark.parametrize("minimum, used, cents, precise", [
    (spending_minimum(10000, 30, 15), [a_fee(1234)], 3766, "3766"),
    (spending_minimum(1000, 31, 17), [a_fee(500, "499.6")], 48, "48.7870967741935"),  # 548.387… − 500 = 48.39
    (2000.0, [a_fee(700), a_fee(900), a_fee(0)], 400, "400"),
    (spending_minimum(906, 28, 7), [a_fee(0)], 226, "226.4999999999999"),  # the double, cut to 16 digits
    (spending_minimum(7900, 28, 28), [a_fee(7900)], 0, "0.000000000001"),
    (2000.0, [], 2000, "2000"),
])
def test_amounts_of_the_fee(minimum, used, cents, precise):
    fee = true_up(minimum, used, "EUR")
    assert (fee.amount_cents, fee.unit_amount_cents) == (cents, cents)
    assert fee.precise_amount_cents == Decimal(precise)
    assert fee.precise_unit_amount == round(Decimal(precise) / 100, 15)


@pytest.mark.parametrize("used", [[a_fee(2000)], [a_fee(1999), a_fee(1)], [a_fee(2500)], [a_fee(2000, "1999.6")]])
def test_usage_that_reaches_the_minimum_brings_no_fee(used):
    assert true_up(2000.0, used, "EUR") is None


@pytest.mark.parametrize("currency, unit_amount", [("JPY", "500"), ("KWD", "0.5"), ("MRO", "100")])
def test_the_unit_price_is_in_units_of_the_currency(currency, unit_amount):
    assert true_up(500.0, [], currency).precise_unit_amount == Decimal(unit_amount)


@given(
    st.integers(1, 10**12), st.integers(1, 366), st.lists(st.integers(0, 10**9), max_size=5),
    st.sampled_from(sorted(CURRENCIES)),
)
@steady
def test_usage_and_fee_come_to_the_minimum(cents, days, used, currency):
    minimum = spending_minimum(cents, 366, days)
    fee = true_up(minimum, [a_fee(one) for one in used], currency)
    total = sum(used) + (fee.amount_cents if fee else 0)
    assert total >= minimum - 0.5
    assert fee is None or abs(total - minimum) <= 0.5
