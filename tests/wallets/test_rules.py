"""Recurring transaction rules: which are valid, and what becomes of them as a wallet changes (05 §1.4, §1.13)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lago.core import clock
from lago.core.errors import Invalid
from lago.wallets.rule_inputs import read_rules
from tests.builders.stories import customer
from tests.builders.wallets import change, interval_rule, read, terminate, threshold_rule, wallet

NOW = datetime(2024, 5, 1, 10, tzinfo=UTC)
TARGET = {"method": "target", "target_ongoing_balance": "100"}


@pytest.fixture
def acme(sandbox):
    """A customer, on the first of May 2024."""
    sandbox.at("2024-05-01T10:00:00Z")
    customer(sandbox, "acme", currency="EUR")
    return sandbox


def rules_of(owner, made):
    return read(owner, made)["recurring_transaction_rules"]


def refused(owner, rule, **fields):
    body = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", **fields}
    return owner.refused("POST", "/wallets", {"wallet": {**body, "recurring_transaction_rules": [rule]}})


VALID = {
    "interval": interval_rule(),
    "interval-without-amounts": {"trigger": "interval", "interval": "yearly"},
    "threshold": threshold_rule(),
    "threshold-below-zero": threshold_rule(threshold_credits="-5"),
    "one-amount-is-a-number": threshold_rule(granted_credits=5),
    "blank-amounts": threshold_rule(paid_credits=None, granted_credits=""),
    "target": interval_rule(**TARGET, grants_target_top_up=True),
    "target-at-threshold": threshold_rule(**TARGET, threshold_credits="100"),
    "ends": interval_rule(expiration_at="2024-05-01T10:00:01Z"),
    "five-pairs": interval_rule(transaction_metadata=[{"key": str(n), "value": "x"} for n in range(5)]),
    "granting-fixed-not": interval_rule(grants_target_top_up=False),
}

INVALID = {
    "no-object": "weekly",
    "no-trigger": {"interval": "weekly"},
    "other-trigger": interval_rule(trigger="moon"),
    "no-interval": interval_rule(interval=None),
    "other-interval": interval_rule(interval="daily"),
    "no-threshold": threshold_rule(threshold_credits=None),
    "threshold-as-a-number": threshold_rule(threshold_credits=10),
    "threshold-in-words": threshold_rule(threshold_credits="ten"),
    "other-method": interval_rule(method="all"),
    "no-target": interval_rule(method="target"),
    "target-as-a-number": interval_rule(method="target", target_ongoing_balance=100),
    "target-below-threshold": threshold_rule(**TARGET, threshold_credits="100.1"),
    "amounts-as-numbers": threshold_rule(paid_credits=5, granted_credits=5),
    "negative-amount": threshold_rule(paid_credits="-1"),
    "ends-now": interval_rule(expiration_at="2024-05-01T10:00:00Z"),
    "ends-some-day": interval_rule(expiration_at="some day"),
    "six-pairs": interval_rule(transaction_metadata=[{"key": str(n), "value": "x"} for n in range(6)]),
    "granting-fixed": interval_rule(grants_target_top_up=True),
    "payment-method": interval_rule(payment_method={"payment_method_type": "card"}),
}


@pytest.mark.parametrize("rule", VALID.values(), ids=list(VALID))
def test_a_rule_is_read(rule):
    with clock.at(NOW):
        (read_rule,) = read_rules([rule])
    assert read_rule["trigger"] == rule["trigger"]


@pytest.mark.parametrize("rule", INVALID.values(), ids=list(INVALID))
def test_an_invalid_rule_is_refused(rule):
    with clock.at(NOW), pytest.raises(Invalid) as error:
        read_rules([rule])
    assert error.value.details == {"recurring_transaction_rules": ["invalid_recurring_rule"]}


def test_a_long_name_is_refused_by_its_own_code():
    with clock.at(NOW), pytest.raises(Invalid) as error:
        read_rules([interval_rule(transaction_name="n" * 256)])
    assert error.value.details == {"transaction_name": ["value_is_too_long"]}


def test_amounts_have_five_decimals():
    with clock.at(NOW):
        (rule,) = read_rules([threshold_rule(paid_credits="1.000005")])
    assert rule["paid_credits"] == Decimal("1.00001")


def test_no_list_is_no_rules():
    assert read_rules(None) == read_rules("weekly") == []


def test_a_rule_is_shown_with_its_defaults(acme):
    made = wallet(acme, invoice_requires_successful_payment=True, recurring_transaction_rules=[interval_rule()])
    (rule,) = made["recurring_transaction_rules"]
    assert {name: value for name, value in rule.items() if name != "lago_id"} == {
        "paid_credits": "0.0", "granted_credits": "10.0", "grants_target_top_up": False, "interval": "monthly",
        "method": "fixed", "started_at": None, "expiration_at": None, "status": "active",
        "target_ongoing_balance": None, "threshold_credits": "0.0", "trigger": "interval",
        "created_at": "2024-05-01T10:00:00Z", "invoice_requires_successful_payment": True, "transaction_metadata": [],
        "transaction_name": None, "purchase_order_number": None, "ignore_paid_top_up_limits": False,
        "applied_invoice_custom_sections": [],
        "payment_method": {"payment_method_id": None, "payment_method_type": "provider"},
    }


def test_a_fixed_rule_without_amounts_buys_and_gives_what_the_wallet_begins_with(acme):
    amounts = {"paid_credits": "20", "granted_credits": "3.5"}
    bare = {"trigger": "interval", "interval": "weekly"}
    (copied,) = wallet(acme, **amounts, recurring_transaction_rules=[bare])["recurring_transaction_rules"]
    assert (copied["paid_credits"], copied["granted_credits"]) == ("20.0", "3.5")
    for own in ({"granted_credits": "1"}, TARGET):
        (rule,) = wallet(acme, **amounts, recurring_transaction_rules=[{**bare, **own}])["recurring_transaction_rules"]
        assert rule["paid_credits"] == "0.0"


def test_what_a_fixed_rule_buys_fits_the_limits_unless_it_ignores_them(acme):
    limits = {"paid_top_up_min_amount_cents": 1000, "paid_top_up_max_amount_cents": 2000}
    problem = {"recurring_transaction_rules": ["invalid_recurring_rule"]}
    for credits in ("9.99", "20.01"):
        assert refused(acme, threshold_rule(paid_credits=credits), **limits) == problem
    assert refused(acme, {"trigger": "interval", "interval": "weekly"}, **limits, paid_credits="1",
                   ignore_paid_top_up_limits_on_creation=True) == problem
    for rule in (
        threshold_rule(paid_credits="10"), threshold_rule(paid_credits="20"), threshold_rule(paid_credits="0"),
        threshold_rule(paid_credits="1", ignore_paid_top_up_limits=True), threshold_rule(paid_credits="1", **TARGET),
    ):
        wallet(acme, recurring_transaction_rules=[rule], **limits)


def test_a_rule_beyond_all_measure_is_refused(acme):
    assert refused(acme, threshold_rule(paid_credits="1e20")) == {
        "recurring_transaction_rules": ["invalid_recurring_rule"]
    }


def test_a_rule_that_is_named_is_changed(acme):
    rule = threshold_rule(granted_credits="5", transaction_name="Refill", expiration_at="2024-08-01T00:00:00Z")
    made = wallet(acme, recurring_transaction_rules=[rule])
    (before,) = made["recurring_transaction_rules"]
    resent = {"lago_id": before["lago_id"], "trigger": "threshold", "threshold_credits": "7", "paid_credits": None}
    (after,) = change(acme, made, recurring_transaction_rules=[resent])["recurring_transaction_rules"]
    assert after == {**before, "threshold_credits": "7.0", "paid_credits": "0.0"}
    resent = {"lago_id": before["lago_id"], "trigger": "interval", "interval": "weekly", "threshold_credits": None}
    (after,) = change(acme, made, recurring_transaction_rules=[resent])["recurring_transaction_rules"]
    assert (after["trigger"], after["interval"], after["threshold_credits"]) == ("interval", "weekly", "0.0")


def test_a_rule_that_is_not_named_ends(acme):
    made = wallet(acme, recurring_transaction_rules=[interval_rule()])
    (first,) = made["recurring_transaction_rules"]
    (second,) = change(acme, made, recurring_transaction_rules=[threshold_rule()])["recurring_transaction_rules"]
    assert second["lago_id"] != first["lago_id"]
    again = {**threshold_rule(), "lago_id": first["lago_id"]}  # it has ended: this is a new one
    (third,) = change(acme, made, recurring_transaction_rules=[again])["recurring_transaction_rules"]
    assert third["lago_id"] not in (first["lago_id"], second["lago_id"])
    assert change(acme, made, name="x")["recurring_transaction_rules"] == [third]
    assert change(acme, made, recurring_transaction_rules=[])["recurring_transaction_rules"] == []


def test_a_wrong_rule_changes_nothing(acme):
    made = wallet(acme, recurring_transaction_rules=[threshold_rule()])
    path = f"/wallets/{made['lago_id']}"
    without_trigger = {"lago_id": made["recurring_transaction_rules"][0]["lago_id"], "paid_credits": "5"}
    for rules, code in (
        ([without_trigger], "invalid_recurring_rule"),
        ([threshold_rule(), threshold_rule()], "invalid_number_of_recurring_rules"),
    ):
        body = {"wallet": {"name": "x", "recurring_transaction_rules": rules}}
        assert acme.refused("PUT", path, body) == {"recurring_transaction_rules": [code]}
    assert read(acme, made) == made


def test_an_expired_rule_is_gone_from_its_very_moment(acme):
    made = wallet(acme, recurring_transaction_rules=[interval_rule(expiration_at="2024-05-10T12:00:00Z")])
    acme.at("2024-05-10T11:59:59Z")
    assert len(rules_of(acme, made)) == 1
    acme.at("2024-05-10T12:00:00Z")
    assert rules_of(acme, made) == []
    terminate(acme, made)
