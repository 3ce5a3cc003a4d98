"""The figures of electronic documents by rate (04 §18); no database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.invoicing.einvoicing.figures import Charged, grouped_by_rate, shared

NIL, VAT, BOTH = Decimal(0), Decimal(19), Decimal("21.5")


def figures(groups):
    return [(str(group.rate), group.lines_cents, group.discount_cents, group.tax_cents) for group in groups]


def test_those_of_the_worked_invoice():
    """04 §19.1: C 1 485 at 19 %, 2 781.25 and 183.75 at 21.5 %; taxes 1 598.85 and 566.525, together 2 165."""
    lines = [Charged(9900, Decimal(1485), VAT), Charged(4375, Decimal("2781.25"), BOTH),
             Charged(1225, Decimal("183.75"), BOTH)]
    assert figures(grouped_by_rate(lines, 4450, 2165)) == [("21.5", 5600, 2965, 566), ("19", 9900, 1485, 1599)]


def test_those_of_the_first_credit_note_on_it():
    """04 §19.3: coupons 495 and 635.71429; 19 % of 2 805 is 532.95, 21.5 % of 364.28571 is 78.32."""
    lines = [Charged(-3300, Decimal(-495), VAT), Charged(-1000, Decimal("-635.71429"), BOTH)]
    assert figures(grouped_by_rate(lines, -1131, -611)) == [("21.5", -1000, -636, -78), ("19", -3300, -495, -533)]


def test_what_fees_are_freed_of_beyond_the_credit_is_there_without_tax():
    """04 §5, S2-4: fees of 450.00 freed of 270.00 by a credit of 240.00, so taxed on 180.00 of 210.00."""
    groups = grouped_by_rate([Charged(45000, Decimal(27000), Decimal(20))], 24000, 3600)
    assert figures(groups) == [("20", 45000, 27000, 3600), ("0", 0, -3000, 0)]
    assert [group.base_cents for group in groups] == [18000, 3000]


@pytest.mark.parametrize("total, weights, parts", [
    (100, [1, 1, 1], [34, 33, 33]),
    (-100, [-1, -1, -1], [-33, -33, -34]),
    (5, [0, "2.5", "2.5"], [0, 3, 2]),
    (7, [0, 0], [7, 0]),
    (0, [3, 4], [0, 0]),
    (10, [30, -20], [30, -20]),
], ids=["thirds", "below zero", "nothing for no weight", "no weights", "nothing", "both signs"])
def test_parts(total, weights, parts):
    assert shared(total, [Decimal(weight) for weight in weights]) == parts


charged = st.builds(
    lambda cents, share, rate: Charged(cents, (Decimal(cents) * share / 1000).quantize(Decimal("0.00001")), rate),
    st.integers(0, 10**7), st.integers(0, 1000), st.sampled_from([NIL, Decimal("5.5"), VAT, BOTH]),
)


@given(st.lists(charged, min_size=1, max_size=6))
def test_everything_adds_up_and_each_tax_is_that_of_its_base(lines):
    """BR-CO-13, BR-CO-14, and BR-CO-17 within a unit of the currency, whatever an invoice has rounded (04 §5, §6.4)."""
    discount = round(sum(line.discount for line in lines))
    exact_tax = sum((line.cents - line.discount) * line.rate / 100 for line in lines)
    groups = grouped_by_rate(lines, discount, round(exact_tax))
    assert sum(group.lines_cents for group in groups) == sum(line.cents for line in lines)
    assert sum(group.discount_cents for group in groups) == discount
    assert sum(group.tax_cents for group in groups) == round(exact_tax)
    for group in groups:
        assert 0 <= group.base_cents <= group.lines_cents
        assert abs(group.tax_cents - group.base_cents * group.rate / 100) < 3
