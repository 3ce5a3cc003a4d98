"""Upgrades take effect at once: both sides are on one invoice, the day of the change is the new plan's (03 §3.3)."""

import pytest

from lago.core.db import db, transaction
from lago.organizations.models import BillingEntity
from tests.builders.plan_changes import begin, billed, change, fees, heard, in_status, lines, listen
from tests.builders.stories import customer, invoices, plan, subscribe

AHEAD = {"pay_in_advance": True}


def test_old_plan_in_arrears_new_plan_in_advance(sandbox):
    """The rows F6 and F7 of 03 §11.2."""
    old = begin(
        sandbox, "2025-01-17T13:45:00Z",
        plans={"old": {"amount_cents": 9900}, "new": {"amount_cents": 19_900, **AHEAD}},
    )
    new = change(sandbox, "2025-03-12T16:20:00Z", "new")
    assert billed(sandbox)[2:] == [("2025-03-12", [("old", 3513), ("new", 12_839)])]
    assert lines(invoices(sandbox)[2]) == {
        "subscription_terminating": (
            "2025-03-01T00:00:00Z", "2025-03-12T16:20:00Z", "2025-03-01T00:00:00Z", "2025-03-12T16:20:00Z"
        ),
        "subscription_starting": (
            "2025-03-12T00:00:00Z", "2025-03-31T23:59:59Z", "2025-03-12T16:20:00Z", "2025-03-12T16:20:00Z"
        ),
    }
    assert (new["status"], new["previous_plan_code"], new["next_plan_code"]) == ("active", "old", None)
    assert (new["subscription_at"], new["started_at"]) == (old["subscription_at"], "2025-03-12T16:20:00.000Z")
    (ended,) = in_status(sandbox, "terminated")
    assert (ended["lago_id"], ended["next_plan_code"], ended["downgrade_plan_date"]) == (
        old["lago_id"], "new", "2025-03-12"
    )


def test_the_next_bill_of_the_new_plan_is_for_its_own_days(sandbox):
    """In arrears: 12 to 31 March of 31 days, then all of April."""
    begin(sandbox, "2025-01-17T13:45:00Z", plans={"old": {"amount_cents": 9900}, "new": {"amount_cents": 19_900}})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox)[2:] == [
        ("2025-03-12", [("old", 3513)]), ("2025-04-01", [("new", 12_839)]), ("2025-05-01", [("new", 19_900)])
    ]


def test_an_anchor_is_kept(sandbox):
    """The rows 50 and 51: quarters from 30 November, 39 days of the old plan (F9 less the day of the change), F10."""
    begin(
        sandbox, "2024-11-30T12:00:00Z", billing_time="anniversary", plans={
            "old": {"amount_cents": 27_000, "interval": "quarterly"},
            "new": {"amount_cents": 45_000, "interval": "quarterly", **AHEAD},
        },
    )
    change(sandbox, "2025-04-08T09:00:00Z", "new", billing_time="calendar")
    sandbox.at("2025-05-30T00:00:00Z")
    assert billed(sandbox)[1:] == [
        ("2025-04-08", [("old", 11_571), ("new", 25_714)]), ("2025-05-30", [("new", 45_000)])
    ]
    assert lines(invoices(sandbox)[1]) == {
        "subscription_terminating": (
            "2025-02-28T00:00:00Z", "2025-04-08T09:00:00Z", "2025-02-28T00:00:00Z", "2025-04-08T09:00:00Z"
        ),
        "subscription_starting": (
            "2025-04-08T00:00:00Z", "2025-05-29T23:59:59Z", "2025-04-08T09:00:00Z", "2025-04-08T09:00:00Z"
        ),
    }


def test_in_advance_what_is_left_is_credited_and_used_at_once(sandbox):
    """31.00 for March, 62.00 from 12 March: 20 of 31 days of both."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 3100, **AHEAD}, "new": {"amount_cents": 6200, **AHEAD}
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    last = invoices(sandbox)[1]
    assert fees(last) == [("new", 4000)]
    assert (last["credit_notes_amount_cents"], last["total_amount_cents"]) == (2000, 2000)


@pytest.mark.parametrize("ahead, days", [
    (False, [("p0", 1000), ("p1", 0), ("p2", 0)]),
    (True, [("p1", 6300), ("p2", 8400), ("p3", 10_500)]),
], ids=["arrears", "advance"])
def test_several_upgrades_on_one_day(sandbox, ahead, days):
    """31.00 a month, then 93.00, 124.00, 155.00 on 11 March: plans of that day cost nothing, or are given back."""
    prices = {"p0": 3100, "p1": 9300, "p2": 12_400, "p3": 15_500}
    plans = {code: {"amount_cents": cents, "pay_in_advance": ahead} for code, cents in prices.items()}
    begin(sandbox, "2025-03-01T00:00:00Z", plans=plans, first="p0")
    for n, hour in enumerate(("08", "12", "17"), start=1):
        change(sandbox, f"2025-03-11T{hour}:00:00Z", f"p{n}")
    made = [row for row in invoices(sandbox) if row["created_at"].startswith("2025-03-11")]
    assert [fee for row in made for fee in fees(row)] == days
    if ahead:  # 21 days of 31: of each fee all of it comes back
        assert [row["credit_notes_amount_cents"] for row in made] == [2100, 6300, 8400]
    else:
        sandbox.at("2025-04-01T00:00:00Z")
        assert billed(sandbox)[-1] == ("2025-04-01", [("p3", 10_500)])


@pytest.mark.parametrize("hour", ["00:00:00", "00:00:01", "23:59:59"])
def test_the_finished_period_is_billed_first_whatever_the_hour(sandbox, hour):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}, "new": {"amount_cents": 6000}})
    change(sandbox, f"2025-04-01T{hour}Z", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-04-01", [("old", 3100)]), ("2025-04-01", [("old", 0)]), ("2025-05-01", [("new", 6000)])
    ]


@pytest.mark.parametrize("moment", ["2025-03-31T23:59:59Z", "2025-03-31T23:59:59.900Z", "2025-03-31T00:00:00Z"])
def test_on_the_last_day_of_a_period_that_day_is_the_new_plans(sandbox, moment):
    begin(
        sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}, "new": {"amount_cents": 6200, **AHEAD}}
    )
    change(sandbox, moment, "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox) == [("2025-03-31", [("old", 3000), ("new", 200)]), ("2025-04-01", [("new", 6200)])]


@pytest.mark.parametrize("zone, moment, old, new", [
    ("America/Los_Angeles", "2025-03-12T06:00:00Z", 1000, 2100),  # 11 March there, 10 days before
    ("Pacific/Auckland", "2025-03-12T11:30:00Z", 1200, 1900),  # 13 March there
    ("Asia/Kolkata", "2025-03-12T18:29:59Z", 1100, 2000),  # 12 March there, to the second
])
def test_the_day_of_the_change_is_that_of_the_customer(sandbox, zone, moment, old, new):
    sandbox.at("2025-02-01T12:00:00Z")
    customer(sandbox, timezone=zone)
    begin(
        sandbox, "2025-02-01T12:00:00Z", plans={"old": {"amount_cents": 3100}, "new": {"amount_cents": 3100, **AHEAD}}
    )
    change(sandbox, moment, "new")
    assert fees(invoices(sandbox)[-1]) == [("old", old), ("new", new)]


@pytest.mark.parametrize("old, new, count", [
    ({}, {"purchase_order_number": "PO-2"}, 2),
    ({"purchase_order_number": "PO-1"}, {}, 1),
    ({"purchase_order_number": "PO-1"}, {"purchase_order_number": None}, 2),
    ({"purchase_order_number": "PO-1"}, {"purchase_order_number": "PO-1"}, 1),
], ids=["another", "inherited", "none", "same"])
def test_sides_with_different_purchase_orders_have_invoices_of_their_own(sandbox, old, new, count):
    plans = {"old": {"amount_cents": 3100}, "new": {"amount_cents": 3100, **AHEAD}}
    begin(sandbox, "2025-03-01T00:00:00Z", plans=plans, **old)
    shown = change(sandbox, "2025-03-12T16:20:00Z", "new", **new)
    rows = invoices(sandbox)
    assert [fee for row in rows for fee in fees(row)] == [("old", 1100), ("new", 2000)]
    assert len(rows) == count
    assert rows[-1]["purchase_order_number"] == shown["purchase_order_number"]


def test_sides_in_different_currencies_have_invoices_of_their_own(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 3100}, "new": {"amount_cents": 3100, "amount_currency": "USD", **AHEAD}
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    assert [(row["currency"], fees(row)) for row in invoices(sandbox)] == [
        ("EUR", [("old", 1100)]), ("USD", [("new", 2000)])
    ]


def test_sides_of_different_billing_entities_have_invoices_of_their_own(sandbox):
    with transaction():
        db.session.add(BillingEntity(
            organization_id=sandbox.organization.id, code="east", name="East", document_numbering="per_customer",
            document_number_prefix="EAS",
        ))
    plans = {"old": {"amount_cents": 3100}, "new": {"amount_cents": 3100, **AHEAD}}
    begin(sandbox, "2025-03-01T00:00:00Z", plans=plans)
    change(sandbox, "2025-03-12T16:20:00Z", "new", billing_entity_code="east")
    old, new = invoices(sandbox)
    assert (fees(old), fees(new), new["billing_entity_code"]) == ([("old", 1100)], [("new", 2000)], "east")
    assert old["billing_entity_code"] != "east"


def test_what_the_new_one_takes_over(sandbox):
    begin(
        sandbox, "2025-03-01T09:00:00Z", plans={"old": {"amount_cents": 100}, "new": {"amount_cents": 100}},
        billing_time="anniversary", name="First", ending_at="2026-01-01", consolidate_invoice=False,
        purchase_order_number="PO", payment_method={"payment_method_type": "manual"}, progressive_billing_disabled=True,
    )
    sandbox.put("/subscriptions/acme", {"subscription": {"on_termination_invoice": "skip"}})
    new = change(
        sandbox, "2025-03-12T16:20:00Z", "new", subscription_at="2025-03-05", billing_time="calendar",
        progressive_billing_disabled=True,
    )
    taken = ("subscription_at", "billing_time", "ending_at", "consolidate_invoice", "purchase_order_number")
    assert [new[name] for name in taken] == [
        "2025-03-01T09:00:00Z", "anniversary", "2026-01-01T00:00:00Z", False, "PO"
    ]
    anew = (
        "name", "payment_method", "progressive_billing_disabled", "on_termination_invoice",
        "on_termination_credit_note",
    )
    assert [new[name] for name in anew] == [
        "", {"payment_method_id": None, "payment_method_type": "provider"}, False, "generate", None
    ]


def test_what_a_request_says_of_it(sandbox):
    begin(
        sandbox, "2025-03-01T09:00:00Z", plans={"old": {"amount_cents": 100}, "new": {"amount_cents": 100}},
        ending_at="2026-01-01", consolidate_invoice=False,
    )
    new = change(
        sandbox, "2025-03-12T16:20:00Z", "new", name=" Second ", ending_at=None, consolidate_invoice=True,
        payment_method={"payment_method_type": "manual"},
    )
    assert (new["name"], new["ending_at"], new["consolidate_invoice"]) == ("Second", None, True)
    assert new["payment_method"]["payment_method_type"] == "manual"


def test_the_world_is_told(sandbox):
    begin(
        sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 100}, "new": {"amount_cents": 100}}
    )
    listen(sandbox, "2025-03-01T00:00:00Z")
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    told = heard(sandbox, "2025-03-12T16:20:00Z")
    assert [(kind, row["plan_code"]) for kind, row in told] == [
        ("subscription.terminated", "old"), ("subscription.updated", "old"), ("subscription.started", "new")
    ]
    assert all("customer" in row and "plan" in row for _, row in told)


def test_a_change_to_a_plan_without_a_fee_to_pay_ahead_has_one_side(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}, "new": {"amount_cents": 3100}})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    (row,) = invoices(sandbox)
    assert [one["invoicing_reason"] for one in row["billing_periods"]] == ["subscription_terminating"]


def test_an_upgrade_then_an_end(sandbox):
    """In arrears: 11 days of the old plan, 12 to 20 March of the new one."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}, "new": {"amount_cents": 6200}})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-03-20T10:00:00Z")
    sandbox.delete("/subscriptions/acme")
    assert billed(sandbox) == [("2025-03-12", [("old", 1100)]), ("2025-03-20", [("new", 1800)])]


def test_the_same_plan_again_changes_nothing(sandbox):
    old = begin(sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}})
    assert change(sandbox, "2025-03-12T16:20:00Z", "old", name="Other")["lago_id"] == old["lago_id"]
    assert invoices(sandbox) == []


def test_one_that_is_yet_to_start_gets_the_plan_in_place(sandbox):
    plans = {code: {"amount_cents": cents, **AHEAD} for code, cents in (("old", 3100), ("new", 6200), ("less", 100))}
    first = begin(sandbox, "2025-03-01T00:00:00Z", plans=plans, name="First", subscription_at="2025-04-01")
    for code, name in (("new", "First"), ("less", "Second")):
        shown = subscribe(sandbox, plan_code=code, subscription_at="2025-04-01", name="" if code == "new" else "Second")
        assert (shown["lago_id"], shown["plan_code"], shown["name"], shown["status"]) == (
            first["lago_id"], code, name, "pending"
        )
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox) == [("2025-04-01", [("less", 100)])]


def test_a_customer_in_another_organization_is_nobodys_business(sandbox, outsider):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={"old": {"amount_cents": 3100}})
    plan(outsider, "new")
    plan(outsider, "old")
    subscribe(outsider, plan_code="old")
    subscribe(outsider, plan_code="new")
    assert [row["plan_code"] for row in in_status(sandbox, "active")] == ["old"]


@pytest.mark.parametrize("zone, moment", [
    ("America/Los_Angeles", "2025-04-01T00:30:00Z"), ("America/Los_Angeles", "2025-03-31T12:00:00Z"),
    ("Pacific/Auckland", "2025-03-30T12:00:00Z"),
])
def test_a_start_on_the_last_day_of_a_month_leaves_the_next_month_to_be_paid(sandbox, zone, moment):
    """One day of 31, then all of April: also where it is 1 April in UTC already."""
    sandbox.at("2025-03-01T12:00:00Z")
    customer(sandbox, timezone=zone)
    begin(sandbox, "2025-03-01T12:00:00Z", plans={"old": {"amount_cents": 0}, "new": {"amount_cents": 3100, **AHEAD}})
    change(sandbox, moment, "new")
    sandbox.at("2025-04-02T12:00:00Z")
    assert [row[1] for row in billed(sandbox)][-2:] == [[("old", 0), ("new", 100)], [("new", 3100)]]
