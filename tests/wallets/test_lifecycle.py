"""How wallets begin and end, and who is told (05 §1.3, §1.5, §1.17)."""

import json

import pytest

from tests.builders.outbox import announced, waiting
from tests.builders.stories import customer, invoices, plan, subscribe
from tests.builders.wallets import change, interval_rule, read, terminate, threshold_rule, wallet
from tests.builders.webhooks import deliveries, endpoint_at

NOBODY = "http://127.0.0.1:9/hook"


@pytest.fixture
def acme(sandbox):
    """A customer, on the first of May 2024."""
    sandbox.at("2024-05-01T10:00:00Z")
    customer(sandbox, "acme", currency="EUR")
    return sandbox


def transactions(owner, made):
    """The ledger, oldest first."""
    rows = owner.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]
    return list(reversed(rows))


def test_first_credits_come_after_the_answer(acme):
    made = wallet(
        acme, rate_amount="2", paid_credits="10", granted_credits="2.5", transaction_name="Start",
        transaction_priority=7, transaction_metadata=[{"key": "k", "value": "v"}], purchase_order_number="PO-W",
        recurring_transaction_rules=[interval_rule(purchase_order_number="PO-R")],
    )
    assert made["balance_cents"] == 0
    acme.at("2024-05-01T10:00:00Z")
    bought, given = transactions(acme, made)
    common = {
        "source": "manual", "name": "Start", "priority": 7, "metadata": [{"key": "k", "value": "v"}],
        "purchase_order_number": "PO-R",
    }
    for row, own in (
        (bought, {"transaction_status": "purchased", "status": "pending", "amount": "20.0", "credit_amount": "10.0"}),
        (given, {"transaction_status": "granted", "status": "settled", "amount": "5.0", "credit_amount": "2.5"}),
    ):
        assert {name: row[name] for name in own | common} == own | common
    now = read(acme, made)
    assert (now["balance_cents"], now["credits_balance"]) == (500, "2.5")


def test_limits_may_be_ignored_at_first(acme):
    fields = {"paid_credits": "1", "paid_top_up_min_amount_cents": 1000, "ignore_paid_top_up_limits_on_creation": True}
    made = wallet(acme, **fields)
    acme.at("2024-05-01T10:00:00Z")
    assert [row["credit_amount"] for row in transactions(acme, made)] == ["1.0"]


def test_no_credits_are_no_transactions(acme):
    made = wallet(acme, paid_credits="0", granted_credits="0.000001")
    acme.at("2024-05-01T10:00:00Z")
    assert transactions(acme, made) == []


def test_a_wallet_that_has_ended_meanwhile_gets_no_first_credits(acme):
    made = wallet(acme, granted_credits="5")
    terminate(acme, made)
    acme.at("2024-05-01T10:00:00Z")
    assert (read(acme, made)["balance_cents"], transactions(acme, made)) == (0, [])


def test_what_is_left_and_what_is_pending_stays_as_it_is_at_the_end(acme):
    made = wallet(acme, granted_credits="5", paid_credits="7")
    acme.at("2024-05-02T00:00:00Z")
    ended = terminate(acme, made)
    assert (ended["balance_cents"], ended["credits_balance"]) == (500, "5.0")
    assert [row["status"] for row in transactions(acme, made)] == ["pending", "settled"]


def test_a_wallet_ends_at_its_moment(acme):
    made = wallet(acme, expiration_at="2024-05-10T12:00:00Z", recurring_transaction_rules=[interval_rule()])
    acme.at("2024-05-10T11:59:59Z")
    assert read(acme, made)["status"] == "active"
    acme.at("2024-05-20T00:00:00Z")
    ended = read(acme, made)
    assert (ended["status"], ended["terminated_at"]) == ("terminated", "2024-05-10T12:00:00.000Z")
    assert ended["recurring_transaction_rules"] == []


def test_the_moment_is_rounded_to_the_second(acme):
    """It ends at 12:00:01 and not before, as of the nearest second."""
    made = wallet(acme, expiration_at="2024-05-10T12:00:00.500Z")
    acme.at("2024-05-10T12:00:00.900Z")
    assert read(acme, made)["status"] == "active"
    acme.at("2024-05-10T12:00:01Z")
    assert read(acme, made)["terminated_at"] == "2024-05-10T12:00:01.000Z"


def test_a_moment_that_was_moved_or_taken_back_ends_nothing(acme):
    moved, kept = (wallet(acme, expiration_at="2024-05-10T12:00:00Z") for _ in range(2))
    change(acme, moved, expiration_at="2024-06-10T12:00:00Z")
    change(acme, kept, expiration_at=None)
    acme.at("2024-06-11T00:00:00Z")
    assert read(acme, moved)["terminated_at"] == "2024-06-10T12:00:00.000Z"
    assert read(acme, kept)["status"] == "active"


def test_a_bill_of_the_same_moment_is_still_paid(acme):
    """Billing comes before the end of wallets (06 §7)."""
    plan(acme, amount_cents=3000)
    subscribe(acme, subscription_at="2024-05-01T00:00:00Z")
    made = wallet(acme, granted_credits="100", expiration_at="2024-06-01T00:00:00Z")
    acme.at("2024-06-02T00:00:00Z")
    (invoice,) = invoices(acme)
    assert (invoice["prepaid_credit_amount_cents"], invoice["total_amount_cents"]) == (3000, 0)
    assert (read(acme, made)["status"], read(acme, made)["balance_cents"]) == ("terminated", 7000)


def test_the_wallets_of_a_deleted_customer_end_after_his_last_bill(acme):
    plan(acme, amount_cents=3100)
    subscribe(acme)
    made = wallet(acme, granted_credits="100", recurring_transaction_rules=[interval_rule()])
    acme.at("2024-05-10T00:00:00Z")
    acme.delete("/customers/acme")
    acme.at("2024-05-10T00:00:00Z")
    ended = read(acme, made)
    assert (ended["status"], ended["terminated_at"]) == ("terminated", "2024-05-10T00:00:00.000Z")
    (last,) = acme.get("/invoices")["invoices"]
    assert last["prepaid_credit_amount_cents"] == last["fees_amount_cents"] > 0


def test_a_customer_with_a_wallet_stays_of_his_kind(acme):
    wallet(acme)
    assert customer(acme, "acme", account_type="partner")["account_type"] == "customer"


def test_wallets_are_told_of_with_their_rules_alone(acme):
    endpoint_at(acme, NOBODY)
    made = wallet(acme, recurring_transaction_rules=[threshold_rule()])
    change(acme, made, name="Renamed")
    terminate(acme, made)
    acme.at("2024-05-01T10:00:00Z")
    told = [row for row in deliveries(acme) if row.object_type == "wallet"]
    assert [row.webhook_type for row in told] == ["wallet.created", "wallet.updated", "wallet.terminated"]
    message = json.loads(told[0].payload)["wallet"]
    assert set(message) == set(made) - {"applies_to", "applied_invoice_custom_sections"}
    assert (message["lago_id"], message["code"]) == (made["lago_id"], "default")


def test_only_what_decides_about_usage_has_balances_computed_anew(owner):
    customer(owner)
    made = wallet(owner)

    def asked():
        return len(waiting(owner, "metering.watch_balances"))

    before = asked()
    assert before == 1
    change(owner, made, name="x", expiration_at=None, metadata={"a": "b"}, applies_to={"fee_types": []})
    assert asked() == before
    for number, fields in enumerate(({"priority": 2}, {"code": "y"}, {"applies_to": {"fee_types": ["charge"]}}), 1):
        change(owner, made, **fields)
        assert asked() == before + number


def test_an_end_that_is_asked_for_again_is_told_once(owner):
    customer(owner)
    made = wallet(owner)
    terminate(owner, made)
    terminate(owner, made)
    assert announced(owner).count("wallet.terminated") == 1
