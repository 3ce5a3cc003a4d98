"""Threshold rules fill up wallets (05 §1.13, example E of §1.18)."""

import pytest
from sqlalchemy import func, select

from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.top_up import top_up
from tests.builders.balances import balances, customer_id, refresh
from tests.builders.outbox import waiting
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use
from tests.builders.wallets import change, read, threshold_rule, wallet

FIFTH = "2024-03-05T00:00:00Z"
IN_MARCH = 1709596800
E = {"threshold_credits": "50", "paid_credits": "30", "granted_credits": "5"}


def used(sandbox, euros, seconds=0):
    """Usage of so many euros, after which the clock stands so many seconds later."""
    use(sandbox, "api", timestamp=IN_MARCH, properties={"total": euros})
    sandbox.at(f"2024-03-05T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z")


def ruled(sandbox, granted="60", rate="1", limits=None, **rule):
    """`acme` on a EUR a unit, on 5 March, with a wallet and its rule."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, amount_cents=0, charges=[standard(metric(sandbox, "api", "sum_agg", field_name="total"), "1")])
    subscribe(sandbox)
    rules = [threshold_rule(**{**E, **rule})]
    made = wallet(
        sandbox, granted_credits=granted, rate_amount=rate, recurring_transaction_rules=rules, **(limits or {})
    )
    sandbox.at(FIFTH)
    return made


def automatic(sandbox, made):
    """What the rule has bought and given: kind, credits and status, oldest first."""
    rows = sandbox.get(f"/wallets/{made['lago_id']}/wallet_transactions", per_page=100)["wallet_transactions"]
    return [
        (row["transaction_status"], row["credit_amount"], row["status"])
        for row in reversed(rows) if row["source"] == "threshold"
    ]


@pytest.mark.parametrize("limits, bought", [
    ({}, "90.0"), ({"paid_top_up_max_amount_cents": 6000}, "60.0"),
    ({"paid_top_up_max_amount_cents": 6000, "ignore": True}, "90.0"),
], ids=["free", "a-maximum", "ignored"])
def test_example_e(sandbox, limits, bought):
    """60 credits and usage of 80: a gap of 65, and 75 in the end. With a maximum 45 would be there, so that the grant
    is followed by one more top-up."""
    made = ruled(sandbox, limits={k: v for k, v in limits.items() if k != "ignore"},
                 ignore_paid_top_up_limits="ignore" in limits)
    used(sandbox, 80)
    first, more = automatic(sandbox, made)[:2], automatic(sandbox, made)[2:]
    assert first == [("purchased", bought, "pending"), ("granted", "5.0", "settled")]
    assert [row[1] for row in more] == ([] if bought == "90.0" else ["30.0", "5.0"])
    invoice = invoices(sandbox)[0]
    assert (invoice["invoice_type"], invoice["total_amount_cents"]) == ("credit", int(float(bought)) * 100)


def test_it_names_its_transactions(sandbox):
    """The number of the purchase order is the wallet's, unless the rule has its own."""
    pairs = [{"key": "why", "value": "low"}]
    made = ruled(
        sandbox, limits={"purchase_order_number": "PO-1"}, transaction_name="Refill", transaction_metadata=pairs,
        invoice_requires_successful_payment=True,
    )
    used(sandbox, 80)
    rows = sandbox.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]
    for row in rows[:2]:
        assert (row["name"], row["metadata"], row["source"]) == ("Refill", pairs, "threshold")
        assert (row["purchase_order_number"], row["invoice_requires_successful_payment"]) == ("PO-1", True)


def test_at_the_threshold_it_fires_and_above_it_does_not(sandbox):
    made = ruled(sandbox, granted_credits="0")
    used(sandbox, "9.99")
    assert automatic(sandbox, made) == []
    used(sandbox, "0.01")  # 50 are left: a gap of nothing, so one top-up
    assert automatic(sandbox, made) == [("purchased", "30.0", "pending")]


def test_what_is_pending_counts(sandbox):
    """Nothing more is bought while that would do; more usage makes it too little."""
    made = ruled(sandbox, granted_credits="0")
    used(sandbox, 10)
    used(sandbox, 29)
    assert len(automatic(sandbox, made)) == 1
    used(sandbox, 1)  # 20 and 30 pending are the threshold again
    assert [row[1] for row in automatic(sandbox, made)] == ["30.0", "30.0"]


def test_what_is_given_is_given_until_it_is_enough(sandbox):
    """Each top-up is an increase, after which the balance is looked at again: 48, 53."""
    made = ruled(sandbox, paid_credits="0")
    used(sandbox, 17)
    assert automatic(sandbox, made) == [("granted", "5.0", "settled"), ("granted", "5.0", "settled")]
    assert balances(sandbox, made) == (7000, 1700, 5300)


def paid(sandbox, made, status):
    [invoice, *_] = invoices(sandbox)
    sandbox.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": status}})


def test_after_a_failure_it_waits_an_hour(sandbox):
    made = ruled(sandbox, granted_credits="0")
    used(sandbox, 10)
    paid(sandbox, made, "failed")
    used(sandbox, 1, seconds=3599)
    assert automatic(sandbox, made) == [("purchased", "30.0", "failed")]
    sandbox.at("2024-03-05T01:00:00Z")
    used(sandbox, 1, seconds=3601)
    assert [row[2] for row in automatic(sandbox, made)] == ["failed", "pending"]


def test_a_payment_since_the_failure_ends_the_wait(sandbox):
    made = ruled(sandbox, granted_credits="0")
    used(sandbox, 10)
    paid(sandbox, made, "failed")
    paid(sandbox, made, "succeeded")
    used(sandbox, 30, seconds=60)
    assert [row[2] for row in automatic(sandbox, made)] == ["settled", "pending"]


def test_what_is_given_does_not_wait(sandbox):
    """A failed purchase holds up purchases alone."""
    made = ruled(sandbox, granted_credits="0")
    used(sandbox, 10)
    paid(sandbox, made, "failed")
    rule = threshold_rule(threshold_credits="50", paid_credits="0", granted_credits="7")
    change(sandbox, made, recurring_transaction_rules=[rule])
    used(sandbox, 1, seconds=60)
    assert automatic(sandbox, made)[1:] == [("granted", "7.0", "settled")]


@pytest.mark.parametrize("until, fires", [("2024-03-05T00:00:00Z", False), ("2024-03-05T00:00:01Z", True)])
def test_an_expired_rule_is_inert_from_that_moment(sandbox, until, fires):
    made = ruled(sandbox, expiration_at=until)
    used(sandbox, 80)
    assert bool(automatic(sandbox, made)) is fires


def test_a_target_is_filled_up_by_an_amount_in_its_currency(sandbox):
    """At two credits a EUR: 40 EUR of usage are 80 of 120 credits; to the target of 100 are missing 60."""
    made = ruled(sandbox, "120", "0.5", method="target", target_ongoing_balance="100", granted_credits="0")
    used(sandbox, 40)
    assert automatic(sandbox, made) == [("purchased", "60.0", "pending")]
    [invoice] = invoices(sandbox)
    assert invoice["total_amount_cents"] == 3000


def test_a_rule_beside_changed_limits_gives_nothing_and_fails_alone(sandbox):
    """05 §1.13: the job fails, and nothing is created; the balance is known all the same."""
    made = ruled(sandbox)
    with transaction():
        db.session.get_one(Wallet, made["lago_id"]).paid_top_up_min_amount_cents = 10**6
    used(sandbox, 80)
    assert automatic(sandbox, made) == []
    assert balances(sandbox, made) == (6000, 8000, -2000)
    query = select(OutboxRow.last_error).where(OutboxRow.name == "wallets.top_up")
    assert "amount_below_minimum" in db.session.scalars(query).one()


def test_twice_is_once(sandbox):
    """The job of a top-up that is done, or that nothing is left for, does nothing."""
    made = ruled(sandbox)
    used(sandbox, 80)
    before = automatic(sandbox, made)
    with transaction():
        top_up(db.session.get_one(Wallet, made["lago_id"]))
    refresh(sandbox)
    assert automatic(sandbox, made) == before and waiting(sandbox, "wallets.top_up") == []
    count = select(func.count()).select_from(WalletTransaction).where(WalletTransaction.source == "threshold")
    assert db.session.scalar(count) == 2


def test_an_ended_wallet_is_not_topped_up(sandbox):
    made = ruled(sandbox)
    sandbox.delete(f"/wallets/{made['lago_id']}")
    with transaction():
        top_up(db.session.get_one(Wallet, made["lago_id"]))
    assert automatic(sandbox, made) == [] and read(sandbox, made)["status"] == "terminated"
    assert customer_id(sandbox)
