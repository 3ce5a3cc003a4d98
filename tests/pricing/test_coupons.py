"""Coupons on an invoice: 04 §8.4 to §8.6, §19.1, §19.5."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.coupons import (
    Coupon,
    Discounted,
    Left,
    Taken,
    given_back,
    left_of,
    remaining_cents,
    take,
    take_previewed,
)
from tests.pricing.steady import steady


def percent(rate, frequency="once", **terms):
    return Coupon(frequency, percentage_rate=Decimal(str(rate)), **terms)


def fees(*amounts):
    return [Discounted(cents) for cents in amounts]


def shares(taken):
    return [fee.precise_coupons_amount_cents for fee in taken.fees]


def test_the_coupons_of_the_worked_invoice():
    """04 §19.1: 2 500 for the API metric, then 15 % of what is left."""
    before = fees(9900, 4375, 1225)
    first = take(Coupon("once", 2500), 15500, before, {1})
    assert first.amount_cents == 2500
    assert shares(first) == [0, 2500, 0]
    second = take(percent(15), 15500 - 2500, first.fees)
    assert second.amount_cents == 1950
    assert shares(second) == [Decimal("1485"), Decimal("2781.25"), Decimal("183.75")]
    assert [fee.net_cents for fee in second.fees] == [8415, Decimal("1593.75"), Decimal("1041.25")]


@pytest.mark.parametrize("rate, sub_total, value", [
    (35, 170, 59), (35, 330, 115), (29, 50, 14),  # products of doubles, just below the half
    (15, 13000, 1950), (12.5, 8001, 1000), (50, 1, 1), (0, 100, 0), (100, 170, 170), (250, 170, 170),
])
def test_a_percentage_of_the_whole_invoice_is_rounded_from_doubles(rate, sub_total, value):
    assert take(percent(rate), sub_total, fees(sub_total)).amount_cents == value


def test_a_coupon_for_some_fees_takes_no_more_than_the_invoice_has_left():
    """600 of the 900 were credited for usage that stands on no fee now (04 §5 S2): 300 are left of the invoice."""
    taken = take(Coupon("once", 900), 300, fees(0, 900), {1})
    assert (taken.amount_cents, shares(taken)) == (300, [0, 300])


@pytest.mark.parametrize("rate, base, value", [(35, 170, 60), (29, 50, 15), (50, 1, 1), (100, 170, 170), (101, 7, 7)])
def test_a_percentage_of_some_fees_is_exact(rate, base, value):
    assert take(percent(rate), base + 1000, fees(base, 1000), {0}).amount_cents == value


def test_what_is_left_of_some_fees_is_cut_only_on_the_invoice():
    """1 000 less a share of 333.33333: the coupon takes all of the 666.66667, the invoice is lowered by 666."""
    before = [Discounted(1000, Decimal("333.33333")), Discounted(2000, Decimal("666.66667"))]
    taken = take(Coupon("forever", 5000), 2000, before, {0})
    assert taken.value_cents == Decimal("666.66667")
    assert taken.amount_cents == 666
    assert shares(taken) == [1000, Decimal("666.66667")]


@pytest.mark.parametrize("coupon", [Coupon("recurring", 500, invoices_left=2), percent(50, "forever")])
def test_fees_of_nothing_take_a_credit_of_nothing(coupon):
    taken = take(coupon, 700, fees(0, 700), {0})
    assert (taken.amount_cents, shares(taken)) == (0, [0, 0])


def test_nothing_is_added_to_fees_below_zero():
    assert take(Coupon("forever", 500), 700, fees(-100, 800), {0}).amount_cents == 0


def test_a_fee_gives_no_more_than_it_costs():
    """Progressive credits may leave less of the fees than of the subtotal (04 §5 S2)."""
    before = [Discounted(1000, Decimal(1000)), Discounted(200)]
    assert shares(take(Coupon("once", 400), 400, before)) == [1000, 200]


@pytest.mark.parametrize("invoices, credits", [([700, 2000, 900], [700, 1000, 900])])
def test_a_recurring_amount_carries_nothing_over(invoices, credits):
    """04 §19.5."""
    coupon, found = Coupon("recurring", 1000, invoices_left=3), []
    for cents in invoices:
        taken = take(coupon, cents, fees(cents))
        left = left_of(coupon, taken)
        found.append(taken.amount_cents)
        coupon = Coupon("recurring", 1000, invoices_left=left.invoices_left)
    assert found == credits
    assert left == Left(True, 0)


def test_what_is_left_of_an_amount_that_is_used_once_stays():
    """04 §19.5: 10 000 on invoices of 6 200 and 5 000."""
    coupon = Coupon("once", remaining_cents(10000, 0))
    first = take(coupon, 6200, fees(6200))
    assert (first.amount_cents, left_of(coupon, first)) == (6200, Left(False, 0))
    coupon = Coupon("once", remaining_cents(10000, 6200))
    second = take(coupon, 5000, fees(5000))
    assert (second.amount_cents, left_of(coupon, second)) == (3800, Left(True, 0))


NOTHING = Taken(Decimal(0), ())


@pytest.mark.parametrize("coupon, taken, left", [
    (percent(10), NOTHING, Left(True, 0)),
    (percent(10, "forever"), NOTHING, Left(False, 0)),
    (percent(10, "recurring", invoices_left=2), NOTHING, Left(False, 1)),
    (percent(10, "recurring", invoices_left=1), NOTHING, Left(True, 0)),
    (percent(10, "recurring", invoices_left=0), NOTHING, Left(True, 0)),
    (Coupon("once", 100), Taken(Decimal("99.99"), ()), Left(False, 0)),
    (Coupon("once", 100), Taken(Decimal(100), ()), Left(True, 0)),
    (Coupon("forever", 100), Taken(Decimal(100), ()), Left(False, 0)),
], ids=str)
def test_what_an_invoice_leaves_of_a_coupon(coupon, taken, left):
    assert left_of(coupon, taken) == left


@pytest.mark.parametrize("frequency, is_over, left", [
    ("once", False, Left(False, 1)), ("once", True, Left(True, 1)), ("forever", False, Left(True, 1)),
    ("recurring", False, Left(False, 2)), ("recurring", True, Left(True, 2)),
])
def test_what_a_voided_invoice_gives_back(frequency, is_over, left):
    assert given_back(frequency, 1, is_over=is_over) == left


def test_no_more_than_nothing_is_left_of_an_amount():
    assert remaining_cents(100, 130) == 0


AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=6)
COUPONS = st.lists(
    st.one_of(
        st.builds(Coupon, st.just("forever"), st.integers(1, 10**9)),
        st.builds(lambda rate: percent(rate), st.decimals(0, 150, places=5)),
    ),
    max_size=4,
)


@steady
@given(AMOUNTS, COUPONS, st.data())
def test_coupons_take_no_more_than_there_is_and_add_up(amounts, coupons, data):
    left, some = sum(amounts), fees(*amounts)
    total = left
    for coupon in coupons:
        if left <= 0:
            break
        places = st.none() | st.sets(st.integers(0, len(amounts) - 1), min_size=1)
        taken = take(coupon, left, some, data.draw(places))
        assert 0 <= taken.amount_cents <= left
        left, some = left - taken.amount_cents, taken.fees
    assert all(0 <= fee.precise_coupons_amount_cents <= fee.amount_cents for fee in some)
    spread = sum(fee.precise_coupons_amount_cents for fee in some)
    assert abs(spread - (total - left)) < 1 + len(coupons)  # a limited coupon is cut to cents on the invoice


@steady
@given(AMOUNTS.filter(any), st.decimals(0, 100, places=2), st.data())
def test_a_percentage_of_some_fees_is_what_it_says(amounts, rate, data):
    places = data.draw(st.sets(st.integers(0, len(amounts) - 1), min_size=1))
    base = sum(amounts[place] for place in places)
    value = take(percent(rate), sum(amounts), fees(*amounts), places).amount_cents
    assert abs(Fraction(value) - base * Fraction(rate) / 100) <= Fraction(1, 2)


@pytest.mark.parametrize("coupon, base, left, value", [
    (Coupon("forever", 500), 1000, 1000, 500),
    (Coupon("forever", 1500), 1000, 1000, 1000),
    (Coupon("forever", 800), 1000, 300, 300),  # of plans: taken of all fees, but no more than is left
    (percent(35), 170, 170, 59),
])
def test_of_a_preview_it_takes_of_all_fees(coupon, base, left, value):
    taken = take_previewed(coupon, base, left, fees(600, 400))
    assert taken.amount_cents == value
    assert sum(shares(taken)) == value
