"""Whole invoices: what always holds between their amounts (04 §5, §6), and the worked ones (§19.1, §19.5 to §19.7)."""

import math
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lago.pricing.coupons import Coupon, remaining_cents
from lago.pricing.credit_note_limits import estimated, shares_of
from lago.pricing.credit_notes import CreditItem, Parts, adjusted, credit_amounts
from lago.pricing.values import Line, Tax
from lago.pricing.wallet_allocation import FeeKey, WalletScope
from tests.pricing.invoice_steps import Given, invoice
from tests.pricing.steady import steady
from tests.pricing.test_taxes import CITY, VAT, line

METRICS = [uuid.UUID(int=1), uuid.UUID(int=2)]
TAXES = [Tax(rate, Decimal(rate)) for rate in ("0", "0.7", "2.5", "7.7", "8.1", "19", "20", "33.333", "100")]
KEYS = [FeeKey("subscription"), FeeKey("charge", METRICS[0]), FeeKey("charge", METRICS[1]), FeeKey("commitment")]
SCOPES = [
    WalletScope("any"), WalletScope("charges", frozenset({"charge"})),
    WalletScope("metric", billable_metric_ids=frozenset({METRICS[0]})),
    WalletScope("subscriptions", frozenset({"subscription", "commitment"})),
]
CENTS = st.one_of(st.integers(0, 200), st.integers(0, 10**6))
"""Few cents too: roundings weigh the most there."""


@st.composite
def lines(draw):
    """A fee whose precise amount rounds to its amount, with up to three taxes."""
    cents = draw(CENTS)
    precise = max(Decimal(0), cents + Decimal(draw(st.integers(-49_999, 49_999))) / 100_000)
    return Line(cents, precise, tuple(draw(st.lists(st.sampled_from(TAXES), unique=True, max_size=3))))


@st.composite
def coupons(draw, places):
    """A fixed one or a percentage, for all fees or for some of the places."""
    rate = Decimal(draw(st.integers(0, 12_000))) / 100 if draw(st.booleans()) else None
    coupon = Coupon(draw(st.sampled_from(["once", "recurring", "forever"])), draw(CENTS), rate, 3)
    return coupon, draw(st.one_of(st.none(), st.sets(st.integers(0, places - 1))))


@st.composite
def invoices(draw):
    """Coupons in the order of use: limited ones first (04 §8.3)."""
    fees = draw(st.lists(lines(), min_size=1, max_size=5))
    billed = [draw(st.one_of(st.just(0), st.integers(0, fee.amount_cents + 10))) for fee in fees]
    taken = draw(st.lists(coupons(len(fees)), max_size=4))
    balances = st.integers(1, 10**6)
    wallets = st.tuples(st.sampled_from(SCOPES), balances)
    return Given(
        fees, billed, sorted(taken, key=lambda one: one[1] is None), draw(st.lists(balances, max_size=3)),
        draw(st.lists(wallets, max_size=3)), [draw(st.sampled_from(KEYS)) for _ in fees],
    )


@steady
@given(invoices())
def test_the_sums_of_an_invoice(given):
    found = invoice(given).totals
    before_taxes = found.progressive_billing_credit_amount_cents + found.coupons_amount_cents
    excluding = sum(one.amount_cents for one in given.lines) - before_taxes
    paid = found.credit_notes_amount_cents + found.prepaid_credit_amount_cents
    assert found.sub_total_excluding_taxes_amount_cents == excluding
    assert found.sub_total_including_taxes_amount_cents == excluding + found.taxes_amount_cents
    assert found.total_amount_cents == excluding + found.taxes_amount_cents - paid


@steady
@given(invoices(), st.one_of(st.just(0), CENTS))
@example(Given([line(0), line(900)], coupons=[(Coupon("once", 900), {1})]), 600)
def test_nothing_is_negative(given, beside):
    """Not even where usage was billed before that has moved to another fee since (S2), and a coupon is for that one."""
    found = invoice(replace(given, billed_beside=beside)).totals
    assert min(
        found.progressive_billing_credit_amount_cents, found.coupons_amount_cents, found.taxes_amount_cents,
        found.sub_total_excluding_taxes_amount_cents, found.credit_notes_amount_cents,
        found.prepaid_credit_amount_cents, found.total_amount_cents,
    ) >= 0


@steady
@given(invoices())
def test_discounts_stand_on_the_fees(given):
    """What is left of the fees is the subtotal, but for five decimals of each, and for what limited coupons lose where
    their amount is cut to cents (04 §8.4)."""
    found = invoice(given)
    left = found.totals.sub_total_excluding_taxes_amount_cents - sum(one.line.net_amount_cents for one in found.lines)
    cut = sum(targets is not None for _, targets in given.coupons)
    assert -Decimal("0.001") < left < cut + Decimal("0.001")
    assert all(0 <= one.line.precise_coupons_amount_cents <= one.line.amount_cents for one in found.lines)


@steady
@given(invoices())
def test_no_credit_is_more_than_there_is(given):
    found = invoice(given)
    fixed = [coupon.amount_cents for coupon, _ in given.coupons if coupon.percentage_rate is None]
    taken = found.before.coupons_amount_cents
    assert taken <= found.before.fees_amount_cents
    if len(fixed) == len(given.coupons):
        assert taken <= sum(fixed)
    assert all(0 <= used <= note for used, note in zip(found.of_notes.of_notes, given.notes, strict=True))
    assert all(0 <= paid <= left for paid, (_, left) in zip(found.of_wallets, given.wallets, strict=True))
    assert found.of_notes.total == min(sum(given.notes), found.before.total_amount_cents)


@steady
@given(invoices())
def test_what_notes_pay_stands_on_the_fees(given):
    """But for the cents by which the invoice's tax, rounded once, differs from that of its fees."""
    found = invoice(given)
    owed = [one.line.net_amount_cents + one.taxes_amount_cents for one in found.lines]
    assert all(0 <= paid <= cents for paid, cents in zip(found.of_notes.of_fees, owed, strict=True))
    rounded = abs(found.before.total_amount_cents - sum(owed))
    assert abs(found.of_notes.total - sum(found.of_notes.of_fees)) <= rounded + Decimal("0.001")


@steady
@given(invoices())
def test_wallets_pay_only_what_they_are_for(given):
    """A wallet pays at most its fees with their tax, what rounding as a whole adds, and the half cent of its own."""
    found = invoice(given)
    for (scope, _), paid in zip(given.wallets, found.of_wallets, strict=True):
        kept = [one for one, key in zip(found.lines, given.keys, strict=True) if _is_for(scope, key)]
        most = sum(one.line.net_amount_cents + one.taxes_precise_amount_cents for one in kept)
        assert paid <= most + len(set(given.keys)) + Decimal("0.5") if kept else paid == 0


def _is_for(scope, key):
    """04 §5 S7-3, without target wallets."""
    if not scope.fee_types and not scope.billable_metric_ids:
        return True
    return key.fee_type in scope.fee_types or key.billable_metric_id in scope.billable_metric_ids


@steady
@given(invoices())
def test_the_taxes_by_rate_come_to_the_tax(given):
    """Each is rounded for itself and their sum once (04 §6.4): half a cent for each, and half a one for the sum."""
    found = invoice(given).totals.taxes
    exact = sum(tax.base_cents * tax.tax.rate / 100 for tax in found.applied_taxes)
    assert abs(found.taxes_amount_cents - exact) <= Decimal("0.500001")
    apart = sum(tax.amount_cents for tax in found.applied_taxes)
    assert abs(found.taxes_amount_cents - apart) <= Decimal(len(found.applied_taxes) + 1) / 2


@steady
@given(invoices())
def test_the_taxes_of_fees_come_to_the_tax(given):
    """The same by fee (04 §6.3), and each base is what the fees that carry the tax have left, cut to cents."""
    found = invoice(given)
    taxed = [one for one in found.lines if one.line.taxes]
    apart = sum(one.taxes_amount_cents for one in taxed)
    assert abs(found.totals.taxes_amount_cents - apart) <= Decimal(len(taxed) + 1) / 2
    for tax in found.totals.taxes.applied_taxes:
        base = sum(one.line.net_amount_cents for one in taxed if tax.tax in one.line.taxes)
        assert tax.fees_amount_cents == math.floor(base)


FEES = [line(9900, VAT), line(4375, VAT, CITY), line(1225, VAT, CITY)]
COUPONS = [(Coupon("once", 2500), {1}), (Coupon("once", percentage_rate=Decimal(15)), None)]
WORKED = invoice(Given(
    FEES, coupons=COUPONS, notes=[3000], wallets=[(WalletScope("any"), 5000)],
    keys=[FeeKey("subscription"), FeeKey("charge", METRICS[0]), FeeKey("charge", METRICS[1])],
))


def test_the_worked_invoice():
    """04 §19.1."""
    found = WORKED.totals
    assert (found.fees_amount_cents, WORKED.of_coupons) == (15500, [2500, 1950])
    assert (found.sub_total_excluding_taxes_amount_cents, found.taxes_amount_cents) == (11050, 2165)
    assert [(tax.fees_amount_cents, tax.amount_cents) for tax in found.taxes.applied_taxes] == [
        (11050, 2100), (2635, 66),
    ]
    assert [one.taxes_amount_cents for one in WORKED.lines] == [1599, 343, 224]
    assert found.sub_total_including_taxes_amount_cents == 13215
    assert WORKED.of_notes.of_fees == (Decimal("2273.32577"), Decimal("439.67083"), Decimal("287.23042"))
    assert (found.credit_notes_amount_cents, found.prepaid_credit_amount_cents) == (3000, 5000)
    assert found.total_amount_cents == 5215


def test_the_worked_invoice_as_a_draft():
    """04 §2.3: no coupons, notes and wallets. 19 % of 15 500 and 2.5 % of 5 600 are 2 945 and 140."""
    found = invoice(Given(FEES)).totals
    assert (found.taxes_amount_cents, found.total_amount_cents) == (3085, 18585)


@pytest.mark.parametrize("fees, coupon, credits", [
    ((6200, 5000), Coupon("once", 10_000), (6200, 3800)),
    ((700, 2000, 900), Coupon("recurring", 1000, invoices_left=3), (700, 1000, 900)),
], ids=["once", "three times"])
def test_coupons_over_time(fees, coupon, credits):
    """04 §19.5: one that is used once has its rest for the next invoice, a recurring one carries nothing over."""
    credited = []
    for cents in fees:
        left = remaining_cents(coupon.amount_cents, sum(credited))
        amount = left if coupon.frequency == "once" else coupon.amount_cents
        found = invoice(Given([line(cents)], coupons=[(Coupon(coupon.frequency, amount, invoices_left=3), None)]))
        credited += found.of_coupons
        assert found.totals.total_amount_cents == cents - credited[-1]
    assert tuple(credited) == credits


@pytest.mark.parametrize("fee, before, total", [(18000, 0, 21600), (27000, 18000, 10800), (31500, 27000, 5400)])
def test_progressive_invoices(fee, before, total):
    """04 §19.6, tax 20 %."""
    assert invoice(Given([line(fee, Tax("vat", Decimal(20)))], [before])).totals.total_amount_cents == total


def test_a_void_that_gives_a_part_back():
    """04 §19.7: 5 000 of 13 215, taken evenly from the fees, and the rest."""
    lines = [one.line for one in WORKED.lines]
    base = estimated(_note(lines, [Decimal(one.amount_cents) for one in lines])).creditable_cents
    shares = shares_of([Decimal(one.amount_cents) for one in lines], 5000, base)
    assert (base, shares) == (13215, [Decimal("3745.74347"), Decimal("1655.31593"), Decimal("463.48846")])
    note = _note(lines, shares)
    assert note.precise_coupons_adjustment_amount_cents == Decimal("1683.69277")
    assert (note.precise_taxes_amount_cents, note.taxes_amount_cents) == (Decimal("819.28679"), 819)
    assert note.sub_total_excluding_taxes_amount_cents == 4181
    assert adjusted(Parts(credit=5000), note) == Parts(credit=5000)
    items = [CreditItem(one, share).amount_cents for one, share in zip(lines, shares, strict=True)]
    assert [one.amount_cents - cents for one, cents in zip(lines, items, strict=True)] == [6154, 2720, 762]


def _note(lines, cents):
    return credit_amounts([CreditItem(one, each) for one, each in zip(lines, cents, strict=True)])
