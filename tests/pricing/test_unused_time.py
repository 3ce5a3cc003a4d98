"""Credit for unused days: 03 §11.3 (C1 to C12), 04 §19.4."""

from datetime import date
from decimal import Decimal

import pytest

from lago.pricing.credit_notes import CreditItem, Parts, adjusted, credit_amounts
from lago.pricing.unused_time import UnusedTime, paid_cents, unused_cents, unused_parts, used_cents
from lago.pricing.values import Period, Tax
from tests.pricing.test_taxes import SEATS, line

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
TWENTY = Tax("vat", Decimal(20))


def unused(ended_on, plan=9900, period=MARCH, **facts):
    return UnusedTime(plan, period, facts.pop("charged_from", period.first), ended_on, **facts)


def note(time, fee, option="credit", *, total=0, paid=0, credited=0):
    """Amounts and parts of the note that a termination makes of its one fee."""
    of_fee = lambda cents: credit_amounts([CreditItem(fee, cents)])  # noqa: E731
    amounts = of_fee(unused_cents(time, fee.amount_cents, credited))
    used = of_fee(used_cents(time)).requested_total_cents
    taxed = fee.amount_cents - fee.precise_coupons_amount_cents
    with_taxes = taxed + sum(taxed * tax.rate / 100 for tax in fee.taxes)
    parts = unused_parts(option, amounts.requested_total_cents, paid_cents(with_taxes, total, paid), used)
    return amounts, adjusted(parts, amounts)


FULL, TAXED = line(9900), line(9900, TWENTY)
C1, C2 = unused(date(2024, 3, 12)), unused(date(2024, 3, 12), upgraded=True)
FROM_17_JANUARY = unused(
    date(2024, 1, 17), period=Period(date(2024, 1, 1), date(2024, 1, 31)), upgraded=True,
    charged_from=date(2024, 1, 17),
)
DAY_31 = unused(date(2023, 3, 10), 6200, Period(date(2023, 2, 28), date(2023, 3, 30)))
APRIL = unused(
    date(2024, 4, 20), 4900, Period(date(2024, 4, 1), date(2024, 4, 30)), charged_from=date(2024, 4, 11)
)
PAID = {"total": 9900, "paid": 9900}

WORKED = {
    "C1": (C1, FULL, "credit", {}, "6067.74193", Parts(credit=6068)),
    "C2": (C2, FULL, "credit", {}, "6387.09677", Parts(credit=6387)),
    "C3": (C1, TAXED, "credit", {}, "6067.74193", Parts(credit=7282)),
    "C4": (unused(date(2024, 3, 11)), FULL, "credit", {}, "6387.09677", Parts(credit=6387)),
    "C5": (FROM_17_JANUARY, line(4790), "credit", {}, "4790", Parts(credit=4790)),
    "C6": (DAY_31, line(6200), "credit", {}, "4000", Parts(credit=4000)),
    "C7": (C1, FULL, "credit", {"credited": 1000}, "5067.74193", Parts(credit=5068)),
    "C8": (C1, TAXED, "refund", {"total": 11880, "paid": 11880}, "6067.74193", Parts(refund=7282)),
    "C9": (C1, TAXED, "refund", {"total": 11880, "paid": 5000}, "6067.74193", Parts(refund=401, credit=6881)),
    # U of 13 days, as the reference counts in Kolkata; ours counts 12, see the next test.
    "C10": (
        unused(date(2024, 3, 12), charged_from=date(2024, 2, 29)), FULL, "refund", PAID, "6067.74193",
        Parts(refund=5748, credit=320),
    ),
    "C11": (C1, FULL, "refund", {"total": 9900}, "6067.74193", Parts(credit=6068)),
    "C12": (APRIL, line(3267), "credit", {}, "1633.33333", Parts(credit=1633)),
}


@pytest.mark.parametrize("time, fee, option, invoice, base, parts", WORKED.values(), ids=WORKED)
def test_the_worked_notes(time, fee, option, invoice, base, parts):
    amounts, found = note(time, fee, option, **invoice)
    assert (amounts.precise_items_amount_cents, found) == (Decimal(base), parts)


def test_the_used_days_are_local_ones():
    """C10 by the days on the customer's calendar: 12, so 9900 - 3832 = 6068 go back."""
    assert (C1.used_days, note(C1, FULL, "refund", **PAID)[1]) == (12, Parts(refund=6068))


def test_the_taxes_of_c3():
    (tax,) = note(C1, TAXED)[0].taxes
    assert (tax.base_amount_cents, tax.amount_cents) == (6068, 1214)


NOVEMBER = Period(date(2024, 11, 1), date(2024, 11, 30))
DAY_18 = unused(date(2024, 11, 18), period=NOVEMBER)
INVOICE = {"total": 13215}


@pytest.mark.parametrize("option, paid, parts", [
    ("credit", 0, Parts(credit=4006)),
    ("refund", 13215, Parts(refund=4006)),
    ("refund", 10215, Parts(refund=1733, credit=2273)),
    ("refund", 5215, Parts(credit=4006)),
    ("offset", 10215, Parts(refund=1733, offset=2273)),
    ("offset", 5215, Parts(offset=4006)),
])
def test_the_seats_subscription(option, paid, parts):
    """04 §19.4, with its coupon and 19 % of tax."""
    amounts, found = note(DAY_18, SEATS, option, paid=paid, **INVOICE)
    assert (amounts.precise_coupons_adjustment_amount_cents, amounts.taxes_amount_cents, found) == (594, 640, parts)


def test_the_seats_subscription_upgraded():
    """13 days: 4 290 - 643.5 + 692.835 = 4 339, but 3 647 and 693 are 4 340."""
    amounts, parts = note(unused(date(2024, 11, 18), period=NOVEMBER, upgraded=True), SEATS)
    assert (amounts.requested_total_cents, parts) == (4339, Parts(credit=4340))


def test_a_month_of_31_days():
    assert unused_cents(unused(date(2024, 3, 18)), 9900) == Decimal("4151.61290")


def test_half_of_an_odd_price_in_doubles():
    """15 x (999 / 30) is 499.49999999999994."""
    assert unused_cents(unused(date(2024, 11, 15), 999, NOVEMBER), 999) == Decimal("499.49999")


@pytest.mark.parametrize("trial_ends_on, upgraded, left, used", [
    (date(2024, 3, 11), False, 19, 2),  # before the end: without effect but on what was used
    (date(2024, 3, 12), False, 20, 1),
    (date(2024, 3, 11), True, 21, 2),
    (date(2024, 3, 20), False, 12, 0),  # 20 to 31 March would have been charged
    (date(2024, 3, 31), False, 1, 0),
    (date(2024, 4, 1), False, 0, 0),
    (date(2024, 3, 10), True, 20, 3),
])
def test_a_trial_charges_only_the_days_from_its_end(trial_ends_on, upgraded, left, used):
    time = unused(date(2024, 3, 12), trial_ends_on=trial_ends_on, upgraded=upgraded)
    assert (time.unused_days, time.used_days) == (left, used)


def test_nothing_is_left_after_the_last_day():
    assert unused_cents(unused(date(2024, 3, 31)), 9900) == 0


def test_nothing_is_left_of_what_was_credited():
    assert unused_cents(C1, 9900, credited_cents=6068) == 0


def test_nothing_was_paid_of_an_invoice_of_nothing():
    assert paid_cents(Decimal(100), 0, 0) == 0


def test_the_share_of_a_fee_in_what_was_paid():
    """04 §19.4: 10 013.85 of 13 215, of which 10 215 were paid."""
    assert round(paid_cents(Decimal("10013.85"), 13215, 10215), 5) == Decimal("7740.55829")
