"""The amounts of an invoice and the identities between them (04 §5, §19.1)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.taxes import tax_line
from lago.pricing.totals import totals
from tests.pricing.steady import steady
from tests.pricing.test_taxes import API, SEATS, STORAGE, VAT, line

LINES = [tax_line(fee) for fee in (SEATS, API, STORAGE)]
CREDITS = {"coupons_amount_cents": 4450, "credit_notes_amount_cents": 3000, "prepaid_credit_amount_cents": 5000}


def test_fees_are_summed():
    assert totals(LINES).fees_amount_cents == 15500


def test_coupons_are_taken_off_before_taxes():
    found = totals(LINES, coupons_amount_cents=4450)
    assert (found.sub_total_excluding_taxes_amount_cents, found.taxes_amount_cents) == (11050, 2165)


def test_credit_notes_and_wallets_are_taken_off_after_taxes():
    found = totals(LINES, **CREDITS)
    assert (found.sub_total_including_taxes_amount_cents, found.total_amount_cents) == (13215, 5215)


def test_the_total_before_credit_notes_is_that_of_a_call_without_them():
    assert totals(LINES, coupons_amount_cents=4450).total_amount_cents == 13215


def test_progressive_credits_are_taken_off_before_taxes():
    found = totals([tax_line(line(1000, VAT, coupons="400"))], progressive_billing_credit_amount_cents=400)
    assert (found.sub_total_excluding_taxes_amount_cents, found.total_amount_cents) == (600, 714)


def test_totals_keep_the_credits():
    found = totals(LINES, progressive_billing_credit_amount_cents=7, **CREDITS)
    assert (
        found.progressive_billing_credit_amount_cents, found.coupons_amount_cents,
        found.credit_notes_amount_cents, found.prepaid_credit_amount_cents,
    ) == (7, 4450, 3000, 5000)


def test_totals_tell_the_taxes_they_were_made_of():
    assert totals(LINES, coupons_amount_cents=4450).taxes.taxes_rate == Decimal("19.59615")


def test_an_invoice_of_nothing():
    assert totals([]).total_amount_cents == 0


@steady
@given(st.lists(st.integers(0, 10**7), max_size=5))
def test_without_credits_the_total_is_fees_and_taxes(cents):
    found = totals([tax_line(line(amount, VAT)) for amount in cents])
    assert found.total_amount_cents == sum(cents) + found.taxes_amount_cents
