"""What credits are worth: the worked example A of 05 §1.18, limits, and credits that come back."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lago.pricing.wallet_amounts import (
    Rate,
    Worth,
    consumed_after_return,
    credits_of,
    limit_problem,
    of_cents,
    of_sold,
    of_voided,
    rounds_to_zero,
)

EUR = Rate(Decimal(1), "EUR")


def worth(credits: str, amount: str, cents: int) -> Worth:
    return Worth(Decimal(credits), Decimal(amount), cents)


SOLD = {
    "cut to five decimals, then whole cents": ("150.123456", "0.07", "USD", worth("150.14286", "10.51", 1051)),
    "a currency without decimals": ("3", "1.5", "JPY", worth("3.33333", "5", 5)),
    "three decimals": ("1.2345", "1", "KWD", worth("1.235", "1.235", 1235)),
    "units of a fifth": ("1", "1", "MRO", worth("1", "1", 5)),
    "nothing": ("0", "1", "EUR", worth("0", "0", 0)),
    "more than a double holds": (
        "90071992547409.93", "1", "EUR", worth("90071992547409.93", "90071992547409.93", 9007199254740993),
    ),
}


@pytest.mark.parametrize("credits, rate, currency, expected", SOLD.values(), ids=list(SOLD))
def test_credits_are_sold_in_whole_cents(credits, rate, currency, expected):
    assert of_sold(Decimal(credits), Rate(Decimal(rate), currency)) == expected


def test_voids_keep_their_credits_while_the_cents_are_rounded():
    assert of_voided(Decimal("1.5"), Rate(Decimal("0.07"), "USD")) == worth("1.5", "0.11", 11)
    assert of_voided(Decimal("14.28444999"), EUR) == worth("14.28444", "14.28", 1428)


def test_what_cents_are_worth_in_credits():
    assert of_cents(1000, Rate(Decimal("0.07"), "USD")) == worth("142.85714", "10", 1000)
    assert credits_of(-150, EUR) == Decimal("-1.5")


@pytest.mark.parametrize("credits, rate, expected", [
    ("10", "0.0004", True),  # 0.004
    ("12.5", "0.0004", False),  # 0.005
    ("0", "1", False),
    ("0.000009", "1000", False),  # no credits are left after five decimals
], ids=["a fraction of a cent", "half a cent", "none", "less than is kept"])
def test_what_is_worth_nothing(credits, rate, expected):
    assert rounds_to_zero(Decimal(credits), Rate(Decimal(rate), "USD")) is expected


@pytest.mark.parametrize("cents, least, most, expected", [
    (99, 100, None, "amount_below_minimum"), (100, 100, 200, None), (200, 100, 200, None),
    (201, None, 200, "amount_above_maximum"), (1, None, None, None),
], ids=["below", "the least", "the most", "above", "no limits"])
def test_limits_are_inclusive(cents, least, most, expected):
    assert limit_problem(cents, least, most) == expected


@pytest.mark.parametrize("consumed, returned, expected", [
    ("10", "4", (Decimal(6), 42)),
    ("10.55555", "0.00005", (Decimal("10.5555"), 73)),  # 73.8885 cents, cut
    ("3", "4", (Decimal(0), 0)),
], ids=["some are left", "cut to cents", "never below zero"])
def test_consumption_after_a_return(consumed, returned, expected):
    assert consumed_after_return(Decimal(consumed), Decimal(returned), Rate(Decimal("0.07"), "USD")) == expected


@settings(max_examples=30)
@given(
    st.decimals(0, 10**6, places=7), st.decimals("0.00001", 1000, places=5), st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_sold_credits_differ_by_less_than_a_cent(credits, rate, currency):
    one = Rate(rate, currency)
    sold = of_sold(credits, one)
    assert sold.amount * one.subunit == sold.amount_cents
    assert abs(sold.amount_cents - credits * rate * one.subunit) <= Decimal("0.5") + rate * one.subunit / 10**5
    assert of_voided(credits, one).amount_cents == sold.amount_cents
