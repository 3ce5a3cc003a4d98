"""Interval rules top up wallets on their dates (05 §1.13, 06 §7)."""

from datetime import UTC, datetime

import pytest

from lago.core import due
from lago.core.db import db, transaction
from lago.organizations.clock import _set
from lago.wallets.models import Wallet
from tests.builders.balances import customer_id
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use
from tests.builders.wallets import interval_rule, read, wallet


def ruled(sandbox, at="2025-01-31T10:00:00Z", zone=None, fields=None, **rule):
    sandbox.at(at)
    customer(sandbox, **({"timezone": zone} if zone else {}))
    return wallet(sandbox, recurring_transaction_rules=[interval_rule(**rule)], **(fields or {}))


def by_interval(sandbox, made):
    """When it was topped up, and by how much, oldest first."""
    rows = sandbox.get(f"/wallets/{made['lago_id']}/wallet_transactions", per_page=100)["wallet_transactions"]
    return [(row["created_at"], row["credit_amount"]) for row in reversed(rows) if row["source"] == "interval"]


def test_example_e(sandbox):
    """Started on 31 January in Paris: at midnight there, which the summer moves."""
    made = ruled(sandbox, zone="Europe/Paris")
    sandbox.at("2025-05-01T00:00:00Z")
    moments = [moment for moment, _ in by_interval(sandbox, made)]
    assert moments == ["2025-02-27T23:00:00Z", "2025-03-30T22:00:00Z", "2025-04-29T22:00:00Z"]


def test_29_february(sandbox):
    made = ruled(sandbox, "2024-02-29T00:00:00Z", interval="yearly")
    sandbox.at("2028-03-01T00:00:00Z")
    dates = [moment[:10] for moment, _ in by_interval(sandbox, made)]
    assert dates == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_purchase_has_its_invoice_on_that_day(sandbox):
    ruled(sandbox, paid_credits="20", granted_credits="1", transaction_name="Refill")
    sandbox.at("2025-03-31T12:00:00Z")
    assert [(row["issuing_date"], row["total_amount_cents"]) for row in invoices(sandbox)] == [
        ("2025-02-28", 2000), ("2025-03-31", 2000),
    ]


def late(sandbox, until):
    """The due work of `acme` that nobody did, done at last as under real time, on the moments at which it fell due."""
    _set(sandbox.organization.id, None)
    due.perform_all(until, [customer_id(sandbox)])
    _set(sandbox.organization.id, until)


def test_after_an_outage_each_date_is_served_as_of_its_moment(sandbox):
    made = ruled(sandbox, paid_credits="20", granted_credits="1")
    late(sandbox, datetime(2025, 4, 15, tzinfo=UTC))
    assert [moment for moment, _ in by_interval(sandbox, made)] == [
        "2025-02-28T00:00:00Z", "2025-02-28T00:00:00Z", "2025-03-31T00:00:00Z", "2025-03-31T00:00:00Z",
    ]
    assert [row["issuing_date"] for row in invoices(sandbox)] == ["2025-02-28", "2025-03-31"]
    sandbox.at("2025-04-29T00:00:00Z")
    assert len(by_interval(sandbox, made)) == 4


def test_a_target_knows_the_bill_of_that_moment(sandbox):
    """From 100 the bill of 1 March takes 30, with what is used by then; the usage after it counts from the start."""
    sandbox.at("2025-02-01T00:00:00Z")
    api = metric(sandbox, "api", "sum_agg", field_name="total")
    plan(sandbox, amount_cents=2000, charges=[standard(api, "1")])
    subscribe(sandbox)
    rule = interval_rule(method="target", target_ongoing_balance="100", grants_target_top_up=True)
    for name in ("granted_credits", "paid_credits"):
        del rule[name]
    made = wallet(sandbox, granted_credits="100", recurring_transaction_rules=[rule])
    sandbox.at("2025-02-10T00:00:00Z")
    use(sandbox, "api", timestamp=1739145600, properties={"total": 10})
    sandbox.at("2025-03-01T00:00:00Z")
    assert by_interval(sandbox, made) == [("2025-03-01T00:00:00Z", "30.0")]
    assert read(sandbox, made)["ongoing_balance_cents"] == 10000


def test_a_target_that_is_met_is_looked_at_again_on_the_next_date(sandbox):
    made = ruled(
        sandbox, "2025-01-10T00:00:00Z", fields={"granted_credits": "10"}, method="target",
        target_ongoing_balance="10", paid_credits=None, granted_credits=None,
    )
    sandbox.at("2025-02-11T00:00:00Z")
    void = {"wallet_id": made["lago_id"], "voided_credits": "4"}
    sandbox.post("/wallet_transactions", {"wallet_transaction": void})
    sandbox.at("2025-04-01T00:00:00Z")
    assert by_interval(sandbox, made) == [("2025-03-10T00:00:00Z", "4.0")]


def test_a_rule_beside_changed_limits_gives_nothing_and_goes_on(sandbox):
    made = ruled(sandbox, paid_credits="20")
    with transaction():
        db.session.get_one(Wallet, made["lago_id"]).paid_top_up_max_amount_cents = 1
    sandbox.at("2025-03-01T00:00:00Z")
    assert by_interval(sandbox, made) == []
    with transaction():
        db.session.get_one(Wallet, made["lago_id"], populate_existing=True).paid_top_up_max_amount_cents = None
    sandbox.at("2025-04-01T00:00:00Z")
    assert {moment[:10] for moment, _ in by_interval(sandbox, made)} == {"2025-03-31"}


@pytest.mark.parametrize("ends_at, served", [("2025-02-28T00:00:00Z", 0), ("2025-02-28T00:00:01Z", 1)])
def test_what_ends_at_that_moment_is_not_served(sandbox, ends_at, served):
    """Wallets end before their intervals are served (06 §7)."""
    made = ruled(sandbox, fields={"expiration_at": ends_at})
    sandbox.at("2025-05-01T00:00:00Z")
    assert len(by_interval(sandbox, made)) == served


def test_each_date_costs_the_same(sandbox, count_queries):
    """What is done does not grow with the dates before."""
    made = ruled(sandbox, "2025-01-10T00:00:00Z")
    counts = []
    for month in ("05", "10"):
        with count_queries() as statements:
            sandbox.at(f"2025-{month}-10T00:00:00Z")
        counts.append(len(statements))
    assert len(by_interval(sandbox, made)) == 9
    assert counts[1] * 4 <= counts[0] * 5 + 20
