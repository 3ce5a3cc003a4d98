"""Credit notes that pay a later invoice: 04 §5 S6, §19.1."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.used_credit import use_credit
from tests.pricing.steady import steady

OWED = [Decimal(10014), Decimal("1936.75"), Decimal("1265.25")]


def test_a_note_is_spread_on_the_fees():
    found = use_credit(13215, [3000], OWED)
    assert found.of_fees == (Decimal("2273.32577"), Decimal("439.67083"), Decimal("287.23042"))
    assert found.total == 3000


def test_the_first_notes_are_used_first():
    assert use_credit(100, [30, 50, 40, 10], [Decimal(100)]).of_notes == (30, 50, 20, 0)


def test_a_fee_is_not_paid_twice():
    """The fees owe a cent less than the invoice, by rounding."""
    assert use_credit(100, [100], [Decimal(60), Decimal(39)]).of_fees == (60, 39)


def test_nothing_is_used_where_nothing_is_owed():
    assert use_credit(0, [30], [Decimal(0)]).of_notes == (0,)


@steady
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=5), st.lists(st.integers(1, 10**7), max_size=4))
def test_no_more_is_used_than_there_is_nor_than_is_owed(owed, balances):
    found = use_credit(sum(owed), balances, [Decimal(cents) for cents in owed])
    assert found.total == min(sum(owed), sum(balances))
    assert all(0 <= used <= balance for used, balance in zip(found.of_notes, balances, strict=True))
    assert all(0 <= paid <= cents for paid, cents in zip(found.of_fees, owed, strict=True))
    assert abs(sum(found.of_fees) - found.total) <= Decimal("0.001")
