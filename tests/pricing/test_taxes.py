"""Taxes of fees and invoices: 04 §6.3, §6.4 and the invoice of §19.1."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.taxes import invoice_taxes, tax_line
from lago.pricing.values import FeeTax, Line, Tax
from tests.pricing.steady import steady

VAT, CITY = Tax("vat", Decimal(19)), Tax("city", Decimal("2.5"))


def line(amount, *taxes, coupons="0", precise=None):
    return Line(amount, Decimal(amount if precise is None else precise), taxes, Decimal(coupons))


SEATS = line(9900, VAT, coupons="1485")
API = line(4375, VAT, CITY, coupons="2781.25")
STORAGE = line(1225, VAT, CITY, coupons="183.75")


@pytest.mark.parametrize("taxed, each, total", [
    (SEATS, [1599], 1599), (API, [303, 40], 343), (STORAGE, [198, 26], 224),
])
def test_taxes_of_a_fee_are_rounded_apart_and_together(taxed, each, total):
    found = tax_line(taxed)
    assert ([tax.amount_cents for tax in found.applied_taxes], found.taxes_amount_cents) == (each, total)


def test_a_tax_tells_what_it_was_rounded_from():
    (city,) = tax_line(line(4375, CITY, coupons="2781.25", precise="4375.25")).applied_taxes
    assert city == FeeTax(CITY, 40, Decimal("39.84375"), Decimal("39.85"))


def test_precise_taxes_are_on_the_precise_amount():
    assert tax_line(line(1, VAT, CITY, precise="0.5")).taxes_precise_amount_cents == Decimal("0.1075")


def test_the_rate_of_a_fee_is_the_sum():
    assert tax_line(API).taxes_rate == Decimal("21.5")


def test_a_zero_rate_is_an_applied_tax():
    exempt = Tax("exempt", Decimal(0))
    assert [tax.amount_cents for tax in tax_line(line(100, exempt)).applied_taxes] == [0]


def test_a_fee_without_taxes():
    found = tax_line(line(100))
    assert (found.applied_taxes, found.taxes_amount_cents, found.taxes_rate) == ((), 0, 0)


def test_the_sum_of_doubles_may_fall_below_a_half():
    swiss = [Tax(rate, Decimal(rate)) for rate in ("7.7", "8.1", "0.7")]
    assert tax_line(line(118900, *swiss)).taxes_amount_cents == 19618


def test_each_tax_of_an_invoice_is_on_the_fees_that_carry_it():
    found = invoice_taxes([SEATS, API, STORAGE], 11050)
    assert [(tax.tax, tax.fees_amount_cents, tax.amount_cents) for tax in found.applied_taxes] == [
        (VAT, 11050, 2100), (CITY, 2635, 66),
    ]


def test_taxes_of_an_invoice_are_rounded_from_their_unrounded_sum():
    assert invoice_taxes([SEATS, API, STORAGE], 11050).taxes_amount_cents == 2165


def test_the_rate_of_an_invoice_is_weighted_by_amounts():
    assert invoice_taxes([SEATS, API, STORAGE], 11050).taxes_rate == Decimal("19.59615")


def test_the_rate_of_an_invoice_of_nothing_is_weighted_by_fees():
    assert invoice_taxes([line(0, VAT), line(0, VAT, CITY)], 0).taxes_rate == Decimal("20.25")


def test_the_base_of_a_tax_is_cut_to_cents():
    (vat,) = invoice_taxes([line(100, VAT, coupons="0.25")], 100).applied_taxes
    assert (vat.base_cents, vat.fees_amount_cents) == (Decimal("99.75"), 99)


def test_an_invoice_without_taxes():
    found = invoice_taxes([line(100)], 100)
    assert (found.applied_taxes, found.taxes_amount_cents, found.taxes_rate) == ((), 0, 0)


def test_an_invoice_without_fees():
    assert invoice_taxes([], 0).taxes_amount_cents == 0


amounts = st.integers(0, 10**7)
rates = st.decimals(0, 100, places=2)


@steady
@given(st.lists(amounts, max_size=6), rates)
def test_tax_of_an_invoice_is_within_half_a_cent_of_the_exact_one(cents, rate):
    found = invoice_taxes([line(amount, Tax("vat", rate)) for amount in cents], sum(cents))
    assert abs(found.taxes_amount_cents - sum(cents) * rate / 100) <= Decimal("0.500001")


@steady
@given(amounts, st.lists(rates, max_size=4))
def test_rounding_apart_and_together_differ_by_less_than_a_cent_per_tax(amount, percents):
    found = tax_line(line(amount, *(Tax(str(n), rate) for n, rate in enumerate(percents))))
    apart = sum(tax.amount_cents for tax in found.applied_taxes)
    assert abs(found.taxes_amount_cents - apart) <= (len(percents) + 1) / 2


@steady
@given(amounts, amounts, rates)
def test_a_larger_fee_is_never_taxed_less(one, other, rate):
    lower, upper = (tax_line(line(amount, Tax("vat", rate))) for amount in sorted((one, other)))
    assert lower.taxes_amount_cents <= upper.taxes_amount_cents
