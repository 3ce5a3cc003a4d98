"""The amounts of credit notes: 04 §9.4, §19.3, §19.6."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.credit_notes import (
    CreditItem,
    Parts,
    adjusted,
    credit_amounts,
    creditable_cents,
    excess_credit_cents,
    take_excess,
    with_rounded_taxes,
    within,
)
from lago.pricing.values import Tax
from tests.pricing.steady import steady
from tests.pricing.test_taxes import API, CITY, SEATS, STORAGE, VAT, line


def item(fee, cents):
    return CreditItem(fee, Decimal(cents))


NOTE_1 = credit_amounts([item(SEATS, 3300), item(API, 1000)])
NOTE_2 = credit_amounts(
    [item(SEATS, 6600), item(API, 3375), item(STORAGE, 1225)], tax_rounded_before=611 - Decimal("611.27143")
)
REST_OF_THE_NOTE = (
    (NOTE_1, "1130.71429", 1131, {"vat": (3169, 602), "city": (364, 9)}, "611.27143", 611, 3169, 3781, 3780),
    (NOTE_2, "3319.28571", 3319, {"vat": (7881, 1497), "city": (2271, 57)}, "1554.375", 1554, 7881, 9435, 9435),
)


@pytest.mark.parametrize(
    "note, precise_coupons, coupons, taxes, precise_taxes, tax, subtotal, requested, total", REST_OF_THE_NOTE,
    ids=["note 1", "note 2"],
)
def test_two_notes_on_one_invoice(
    note, precise_coupons, coupons, taxes, precise_taxes, tax, subtotal, requested, total
):
    assert note.precise_coupons_adjustment_amount_cents == Decimal(precise_coupons)
    assert note.coupons_adjustment_amount_cents == coupons
    assert {one.tax.code: (one.base_amount_cents, one.amount_cents) for one in note.taxes} == taxes
    assert (note.precise_taxes_amount_cents, note.taxes_amount_cents) == (Decimal(precise_taxes), tax)
    assert (note.sub_total_excluding_taxes_amount_cents, note.requested_total_cents) == (subtotal, requested)
    assert adjusted(Parts(credit=note.requested_total_cents), note).total == total


def test_the_rate_of_a_note_weighs_its_taxes():
    """19 % on all of it and 2.5 % on 364.28571 of 3 169.28571: 19 + 0.287356."""
    assert NOTE_1.taxes_rate == Decimal("19.28736")


def test_the_precise_total_is_items_less_coupons_with_taxes():
    assert NOTE_1.precise_total_amount_cents == 4300 - Decimal("1130.71429") + Decimal("611.27143")


@pytest.mark.parametrize("precise, cents", [("6067.74193", 6068), ("0.49999", 0), ("0.5", 1)])
def test_an_item_counts_as_whole_cents_of_its_fee(precise, cents):
    assert item(SEATS, precise).amount_cents == cents


def test_a_note_of_nothing_has_no_rate():
    assert credit_amounts([item(line(0, VAT), 0)]).taxes_rate == 0


def test_taxes_rounded_one_by_one_of_a_note_on_a_draft():
    """1 000 of two fees' taxes: 190 and 25 give 215; 10 gives 1.9 and 0.25, so 2 and 0."""
    amounts = with_rounded_taxes(credit_amounts([item(line(100, VAT, CITY), 10)]))
    assert (amounts.precise_taxes_amount_cents, amounts.taxes_amount_cents, amounts.requested_total_cents) == (2, 2, 12)


TWENTY = Tax("vat", Decimal(20))


def test_the_excess_of_a_progressive_invoice():
    """04 §19.6: the part that an earlier progressive invoice covered is not returned."""
    credited = [item(line(27000, TWENTY, coupons="18000"), 4000)]
    assert excess_credit_cents(4000, credited) == 1600
    assert adjusted(Parts(credit=1600), credit_amounts(credited)) == Parts(credit=1600)


def test_an_excess_with_many_taxes_is_no_more_than_a_cent_off():
    """Four taxes of half a cent each are 2 cents, and 4 if each is rounded: a note of 103 may be."""
    taxes = [Tax(str(number), Decimal("0.5")) for number in range(4)]
    assert excess_credit_cents(100, [item(line(100, *taxes), 100)]) == 103


@pytest.mark.parametrize("amount, creditable, taken", [
    (400, [300, 200, 100], [300, 100, 0]), (0, [5], [0]), (5, [5], [5]), (6, [5], None), (1, [], None),
])
def test_an_excess_is_taken_of_one_fee_after_the_other(amount, creditable, taken):
    assert take_excess(amount, creditable) == taken


@pytest.mark.parametrize("amount, credited, left", [(100, [], 100), (100, [30, 20], 50), (100, [101], 0)])
def test_what_is_left_of_a_fee(amount, credited, left):
    assert creditable_cents(amount, credited) == left


# One fee of 0.99 at 50 %: 0.99 + 0.495 is 1.485, but 0.99 + 0.50 is 1.49.
UNEVEN = credit_amounts([item(line(99, Tax("half", Decimal(50))), 99)])


@pytest.mark.parametrize("parts, moved", [
    (Parts(credit=148), Parts(credit=149)),
    (Parts(credit=48, refund=100), Parts(credit=49, refund=100)),
    (Parts(refund=148), Parts(refund=149)),
    (Parts(refund=100, offset=48), Parts(refund=101, offset=48)),
    (Parts(offset=148), Parts(offset=149)),
    (Parts(credit=150), Parts(credit=149)),
    (Parts(offset=149), Parts(offset=149)),
    (Parts(credit=100), Parts(credit=101)),
])
def test_a_total_that_does_not_add_up_moves_by_one(parts, moved):
    assert adjusted(parts, UNEVEN) == moved


@pytest.mark.parametrize("parts, found", [
    (Parts(refund=149), Parts(credit=1, refund=148)),
    (Parts(offset=101), Parts(credit=1, offset=100)),
    (Parts(credit=5, refund=148, offset=100), Parts(credit=5, refund=148, offset=100)),
])
def test_the_moved_cent_refunds_no_more_than_was_paid_and_offsets_no_more_than_is_due(parts, found):
    assert within(parts, 148, 100) == found


RATES = st.sampled_from(["0", "2.5", "7", "19", "20", "33.333"])
FEES = st.builds(
    lambda cents, discount, rates: line(
        cents, *(Tax(rate, Decimal(rate)) for rate in rates), coupons=str(Decimal(cents) * discount / 100)
    ),
    st.integers(1, 10**6), st.integers(0, 100), st.lists(RATES, unique=True, max_size=2),
)


@steady
@given(st.lists(FEES, min_size=1, max_size=4), st.lists(st.integers(0, 100), min_size=12, max_size=12))
def test_all_notes_together_give_back_exactly_the_tax(fees, shares):
    """Three notes, the last of which takes all that is left, come to the tax of the invoice."""
    left, rounded_before, total = [fee.amount_cents for fee in fees], Decimal(0), 0
    for turn in range(3):
        last = turn == 2
        taken = [cents if last else cents * shares[turn * 4 + place] // 100 for place, cents in enumerate(left)]
        items = [item(fee, cents) for fee, cents in zip(fees, taken, strict=True)]
        note = credit_amounts(items, tax_rounded_before=rounded_before if last else Decimal(0))
        rounded_before += note.taxes_amount_cents - note.precise_taxes_amount_cents
        left, total = [cents - less for cents, less in zip(left, taken, strict=True)], total + note.taxes_amount_cents
    exact = sum(fee.net_amount_cents * tax.rate / 100 for fee in fees for tax in fee.taxes)
    assert abs(total - exact) <= Decimal("0.5001")


@steady
@given(st.lists(FEES, min_size=1, max_size=4))
def test_subtotal_and_taxes_add_up(fees):
    note = credit_amounts([item(fee, fee.amount_cents) for fee in fees])
    total = adjusted(Parts(credit=note.requested_total_cents), note).total
    assert total == note.sub_total_excluding_taxes_amount_cents + note.taxes_amount_cents
