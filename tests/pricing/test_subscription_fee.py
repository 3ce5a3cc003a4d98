"""The amount of a subscription fee: the rows of 03 §11.2, then which rule applies and what a trial changes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lago.pricing.subscription_fee import FeeRule, SubscriptionFee, fee_rule, subscription_fee
from tests.pricing.boundaries import ACTIVE, DOWNGRADED, TERMINATED, UPGRADED, instant
from tests.pricing.fee_examples import EXAMPLES, NEW_SIDE, facts


@pytest.mark.parametrize("name, known, days, length, precise, cents", EXAMPLES)
def test_amount_of_the_fee(name, known, days, length, precise, cents):
    fee = subscription_fee(known)
    assert (fee.days, fee.length, str(fee.precise_amount_cents), fee.amount_cents) == (days, length, precise, cents)


def test_there_are_28_examples():
    assert [row[0] for row in EXAMPLES] == [f"F{number}" for number in range(1, 29)]


PERIODIC = ("2025-01-17 13:45", "2025-03-01 00:10", 3100)


@pytest.mark.parametrize("known, rule", [
    (facts("monthly calendar arrears", *PERIODIC), FeeRule.FIRST),
    (facts("monthly calendar arrears", *PERIODIC, billed_before=True), FeeRule.FULL),
    (facts("monthly calendar arrears", *PERIODIC, TERMINATED), FeeRule.CLOSING),
    (facts("monthly calendar arrears", *PERIODIC, UPGRADED), FeeRule.CLOSING),
    (facts("monthly calendar arrears", *PERIODIC, DOWNGRADED, billed_before=True), FeeRule.FULL),
    (facts("monthly calendar advance", *PERIODIC, TERMINATED, billed_before=True), FeeRule.FULL),
    (facts("monthly calendar advance", *PERIODIC, **NEW_SIDE), FeeRule.AFTER_UPGRADE),
    (facts("monthly calendar advance", *PERIODIC, has_predecessor=True, follows_upgrade=True), FeeRule.FIRST),
    (facts("monthly anniversary advance", *PERIODIC), FeeRule.FULL),
    (facts("monthly anniversary advance", *PERIODIC, has_predecessor=True), FeeRule.FIRST),
    (facts("monthly anniversary arrears", *PERIODIC), FeeRule.FIRST),
    (facts("monthly calendar advance", *PERIODIC, backdated=True), FeeRule.FULL),
    (facts("monthly calendar arrears", *PERIODIC, backdated=True), FeeRule.FULL),
    (facts("monthly calendar arrears", "2025-02-01 00:00", *PERIODIC[1:], backdated=True), FeeRule.FIRST),
])
def test_rule_of_the_fee(known, rule):
    assert fee_rule(known) == rule


def test_the_fee_tells_how_it_came_to_be():
    fee = subscription_fee(facts("monthly calendar advance", "2025-04-16 08:00", "2025-04-16 08:00", 999))
    assert fee == SubscriptionFee(
        FeeRule.FIRST, 15, 30, Decimal("33.3"), 499, Decimal("499.49999999999994"), instant("2025-04-16 00:00"),
    )


def test_a_full_fee_tells_the_price_of_a_day():
    fee = subscription_fee(facts("monthly calendar arrears", *PERIODIC, billed_before=True))
    assert (fee.days, fee.length, fee.day_price) == (None, 28, Decimal("110.71428571428571"))


@pytest.mark.parametrize("kind, situation", [
    ("monthly calendar advance", ACTIVE),
    ("monthly anniversary advance", ACTIVE),
    ("monthly calendar arrears", TERMINATED),
])
def test_a_trial_over_the_whole_window_leaves_nothing_to_pay(kind, situation):
    fee = subscription_fee(facts(kind, "2025-01-17 13:45", "2025-01-20 10:00", 3100, situation, trial_days=60))
    assert (fee.amount_cents, fee.days, fee.charged_from) == (0, 0, None)


def test_a_trial_that_ended_before_the_window_changes_nothing():
    known = facts("monthly calendar arrears", *PERIODIC, trial_days=3, billed_before=True)
    assert subscription_fee(known) == subscription_fee(replace(known, trial=None))


def test_the_fee_after_an_upgrade_is_charged_from_the_end_of_the_trial():
    known = facts("monthly calendar advance", "2025-03-03 10:00", "2025-03-03 10:00", 3100, trial_days=10, **NEW_SIDE)
    fee = subscription_fee(known)
    assert (fee.days, fee.charged_from) == (19, instant("2025-03-13 10:00"))


def test_a_trial_that_ends_after_a_window_on_its_last_date_leaves_nothing_to_pay():
    known = facts("monthly calendar advance", "2025-03-03 10:00", "2025-03-03 10:00", 3100, trial_days=10)
    fee = subscription_fee(replace(known, to_datetime=instant("2025-03-13 08:00")))
    assert (fee.days, fee.amount_cents) == (0, 0)


def test_the_trial_of_a_closing_fee_decides_which_period_is_divided():
    known = facts("monthly calendar arrears", "2025-02-20 10:00", "2025-02-27 12:00", 2800, TERMINATED, trial_days=3)
    assert subscription_fee(known).length == 28
