"""How much an invoice can give back: 04 §9.3, §9.5, §19.2, and estimates over one and several taxes."""

from decimal import Decimal

import pytest

from lago.pricing.credit_note_limits import CreditableFee, available_to_credit, estimated, refundable_cents, shares_of
from lago.pricing.credit_notes import CreditItem, credit_amounts
from lago.pricing.values import Tax
from tests.pricing.test_credit_notes import NOTE_1
from tests.pricing.test_taxes import CITY, VAT, line


def left(cents, rate="0"):
    return CreditableFee(cents, Decimal(rate))


def test_coupons_are_spread_evenly_over_all_fees():
    """04 §19.2: 13 249, where the invoice has 13 215."""
    fees = [left(9900, "19"), left(4375, "21.5"), left(1225, "21.5")]
    assert available_to_credit(fees, 15500, 4450) == 13249


@pytest.mark.parametrize("fees, fees_cents, discounts, available", [
    ([left(100, "20")], 100, 0, 120),
    ([left(50, "20")], 100, 0, 60),
    ([left(0, "20")], 100, 0, 0),
    ([left(100, "20")], 100, 100, 0),
    ([], 0, 0, 0),
    ([left(0)], 0, 0, 0),
])
def test_what_is_available(fees, fees_cents, discounts, available):
    assert available_to_credit(fees, fees_cents, discounts) == available


@pytest.mark.parametrize("paid, refunded, creditable, refundable", [
    (500, 0, 8200, 500), (16200, 8200, 8200, 8000), (9000, 0, 8200, 8200), (100, 200, 8200, 0),
])
def test_what_can_be_paid_back(paid, refunded, creditable, refundable):
    assert refundable_cents(paid, refunded, creditable) == refundable


SEVEN = Tax("seven", Decimal(7))
SEATS, API, STORAGE = line(9900, VAT), line(4375, VAT, CITY), line(1225, SEVEN)


@pytest.mark.parametrize("cents, subtotal, tax, precise_tax, total, rate, per_tax", [
    (
        (9900, 4375, 1225), 15500, 2907, "2907.375", 18407, "18.75726",
        {"vat": (14275, 2712), "city": (4375, 109), "seven": (1225, 86)},
    ),
    ((0, 1000, 0), 1000, 215, "215", 1215, "21.5", {"vat": (1000, 190), "city": (1000, 25), "seven": (0, 0)}),
    (
        (4950, 2188, 0), 7138, 1411, "1410.92", 8549, "19.76632",
        {"vat": (7138, 1356), "city": (2188, 55), "seven": (0, 0)},
    ),
])
def test_estimates_over_several_taxes(cents, subtotal, tax, precise_tax, total, rate, per_tax):
    amounts = credit_amounts([
        CreditItem(fee, Decimal(each)) for fee, each in zip((SEATS, API, STORAGE), cents, strict=True)
    ])
    found = estimated(amounts)
    assert (amounts.sub_total_excluding_taxes_amount_cents, found.taxes_cents) == (subtotal, tax)
    assert (amounts.precise_taxes_amount_cents, found.creditable_cents) == (Decimal(precise_tax), total)
    assert amounts.taxes_rate == Decimal(rate)
    assert {one.tax.code: (one.base_amount_cents, one.amount_cents) for one in amounts.taxes} == per_tax


def test_an_estimate_that_does_not_add_up_has_a_cent_less():
    """04 §19.3: 3 781 less 611 are 3 170, but the subtotal is 3 169."""
    assert (estimated(NOTE_1).creditable_cents, estimated(NOTE_1).taxes_cents) == (3780, 611)


@pytest.mark.parametrize("base, rate, creditable, tax", [
    ("0.74", "98", 1, 0),  # 0.74 and 0.7252 are 1.4652: 1; but 1 and 1 are 2, so the tax is a cent less
    ("0.6", "0", 1, 0),
])
def test_an_estimate_that_comes_to_too_little(base, rate, creditable, tax):
    found = estimated(credit_amounts([CreditItem(line(1, Tax("x", Decimal(rate))), Decimal(base))]))
    assert (found.creditable_cents, found.taxes_cents) == (creditable, tax)


def test_a_part_is_taken_evenly_from_what_is_left():
    """04 §19.7: 5 000 of 13 215."""
    shares = shares_of([Decimal(9900), Decimal(4375), Decimal(1225)], 5000, 13215)
    assert shares == [Decimal("3745.74347"), Decimal("1655.31593"), Decimal("463.48846")]


def test_nothing_is_taken_of_nothing():
    assert shares_of([Decimal(0)], 5, 0) == [0]
