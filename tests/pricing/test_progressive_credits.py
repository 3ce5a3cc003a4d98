"""Progressive credits: the examples of 03 §7.5 and 04 §19.6, and what always holds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.progressive_credits import discount, progressive_credit
from lago.pricing.taxes import tax_line
from lago.pricing.totals import totals
from lago.pricing.values import Line, Tax
from tests.pricing.steady import steady


@pytest.mark.parametrize("creditable, billed_again, credit, excess", [
    pytest.param(6000, 23000, 6000, 0, id="03 §7.5: the second progressive invoice"),
    pytest.param(41000, 45000, 41000, 0, id="03 §7.5: the end of the period"),
    pytest.param(41000, 38000, 38000, 3000, id="03 §7.5: usage was corrected down"),
    pytest.param(27000, 23000, 23000, 4000, id="04 §19.6: usage was corrected down"),
    pytest.param(500, 500, 500, 0, id="the same"),
    pytest.param(500, 0, 0, 500, id="nothing of it is billed again"),
    pytest.param(500, -200, 0, 500, id="less than nothing is billed"),
    pytest.param(0, 900, 0, 0, id="all was given back"),
    pytest.param(-100, 900, 0, 0, id="more than all was given back, with tax"),
])
def test_credit_and_excess(creditable, billed_again, credit, excess):
    found = progressive_credit(creditable, billed_again)
    assert (found.credit_cents, found.excess_cents) == (credit, excess)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
@steady
def test_what_is_creditable_is_credited_or_given_back(creditable, billed_again):
    found = progressive_credit(creditable, billed_again)
    assert found.credit_cents + found.excess_cents == creditable
    assert 0 <= found.credit_cents <= billed_again


@pytest.mark.parametrize("amount, already, billed_before, expected", [
    (27000, "0", 18000, "18000"), (31500, "0", 27000, "27000"), (23000, "0", 27000, "23000"),
    (1000, "250.12345", 500, "750.12345"), (1000, "600", 500, "1000"), (0, "0", 500, "0"),
])
def test_a_fee_is_discounted_up_to_its_amount(amount, already, billed_before, expected):
    assert discount(amount, Decimal(already), billed_before) == Decimal(expected)


@pytest.mark.parametrize("fee, credit, tax, total", [
    (18000, 0, 3600, 21600), (27000, 18000, 1800, 10800), (31500, 27000, 900, 5400), (23000, 23000, 0, 0),
])
def test_the_invoices_of_the_example_with_a_tax(fee, credit, tax, total):
    """04 §19.6, tax 20 %: two progressive invoices, and the end of the period with more usage or less."""
    line = Line(fee, Decimal(fee), (Tax("vat", Decimal(20)),), discount(fee, Decimal(0), credit))
    found = totals([tax_line(line)], progressive_billing_credit_amount_cents=credit)
    assert (found.taxes_amount_cents, found.total_amount_cents) == (tax, total)
    assert found.sub_total_excluding_taxes_amount_cents == fee - credit
