"""Downgrades wait for the end of the period, then one invoice closes the old plan and opens the new one (03 §3.4)."""

import pytest

from tests.builders.plan_changes import begin, billed, change, heard, in_status, late, lines, listen
from tests.builders.stories import customer, invoices, metric, standard, subscribe, use

AHEAD = {"pay_in_advance": True}
TWO = {"old": {"amount_cents": 6200}, "new": {"amount_cents": 3100}}
TWO_AHEAD = {code: {**parts, **AHEAD} for code, parts in TWO.items()}


def test_in_arrears_the_old_plan_is_billed_to_its_end(sandbox):
    """The row 52: the period that has just ended, whole."""
    old = begin(sandbox, "2025-01-17T13:45:00Z", plans={**TWO, "new": {"amount_cents": 3100, **AHEAD}})
    shown = change(sandbox, "2025-03-12T16:20:00Z", "new")
    assert (shown["lago_id"], shown["status"], shown["next_plan_code"], shown["downgrade_plan_date"]) == (
        old["lago_id"], "active", "new", "2025-04-01"
    )
    (pending,) = in_status(sandbox, "pending")
    assert (pending["plan_code"], pending["previous_plan_code"], pending["started_at"]) == ("new", "old", None)
    assert len(invoices(sandbox)) == 2
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[2:] == [("2025-04-01", [("old", 6200), ("new", 3100)])]
    assert lines(invoices(sandbox)[2]) == {
        "subscription_terminating": (
            "2025-03-01T00:00:00Z", "2025-03-31T23:59:59Z", "2025-03-01T00:00:00Z", "2025-03-31T23:59:59Z"
        ),
        "subscription_starting": (
            "2025-04-01T00:00:00Z", "2025-04-30T23:59:59Z", "2025-04-01T00:00:00Z", "2025-04-01T00:00:00Z"
        ),
    }
    (new,), (ended,) = in_status(sandbox, "active"), in_status(sandbox, "terminated")
    assert (new["started_at"], new["lago_id"]) == ("2025-04-01T00:00:00.000Z", pending["lago_id"])
    assert (ended["terminated_at"], ended["downgrade_plan_date"]) == ("2025-04-01T00:00:00Z", "2025-04-01")


def test_in_advance_the_old_plan_has_no_fee_any_more(sandbox):
    """The row 53; usage is still billed for the month that has ended."""
    sandbox.at("2025-01-17T13:45:00Z")
    charges = [standard(metric(sandbox, "calls"), "1")]
    begin(sandbox, "2025-01-17T13:45:00Z", plans={code: {**row, "charges": charges} for code, row in TWO_AHEAD.items()})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    use(sandbox, "calls", timestamp="2025-03-31T23:59:59Z")
    use(sandbox, "calls", timestamp="2025-04-01T00:00:01Z")
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("calls", 100), ("new", 3100)])
    assert lines(invoices(sandbox)[-1])["subscription_terminating"] == (
        "2025-04-01T00:00:00Z", "2025-04-01T00:00:00Z", "2025-03-01T00:00:00Z", "2025-03-31T23:59:59Z"
    )
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-05-01", [("new", 3100), ("calls", 100)])


def test_in_its_first_period(sandbox):
    """From 17 to 31 January: 15 of 31 days."""
    begin(sandbox, "2025-01-17T13:45:00Z", plans=TWO)
    change(sandbox, "2025-01-20T00:00:00Z", "new")
    sandbox.at("2025-03-01T00:00:00Z")
    assert billed(sandbox) == [("2025-02-01", [("old", 3000)]), ("2025-03-01", [("new", 3100)])]


def test_from_months_to_years(sandbox):
    """The row 54 and F16: the anchor of 17 January stays; 275 of 365 days from 17 April."""
    begin(
        sandbox, "2025-01-17T13:45:00Z", billing_time="anniversary", plans={
            "old": {"amount_cents": 9000, **AHEAD}, "new": {"amount_cents": 99_000, "interval": "yearly", **AHEAD}
        },
    )
    change(sandbox, "2025-03-20T00:00:00Z", "new")
    sandbox.at("2026-01-17T00:00:00Z")
    assert billed(sandbox)[3:] == [("2025-04-17", [("new", 74_589)]), ("2026-01-17", [("new", 99_000)])]
    assert lines(invoices(sandbox)[3])["subscription_starting"][:2] == ("2025-04-17T00:00:00Z", "2026-01-16T23:59:59Z")


@pytest.mark.parametrize("flags", [
    {"bill_charges_monthly": True}, {"bill_fixed_charges_monthly": True},
    {"bill_charges_monthly": True, "bill_fixed_charges_monthly": True},
], ids=["charges", "fixed", "both"])
@pytest.mark.parametrize("ahead", [False, True], ids=["arrears", "advance"])
def test_of_a_year_billed_by_the_month_it_waits_for_the_year(sandbox, flags, ahead):
    """03 §13.3: not at the next monthly bill."""
    sandbox.at("2025-01-01T00:00:00Z")
    old = {"amount_cents": 120_000, "interval": "yearly", "charges": [standard(metric(sandbox, "calls"), "1")]}
    begin(sandbox, "2025-01-01T00:00:00Z", plans={
        "old": {**old, **flags, "pay_in_advance": ahead}, "new": {"amount_cents": 3100, **AHEAD}
    })
    assert change(sandbox, "2025-10-12T00:00:00Z", "new")["downgrade_plan_date"] == "2026-01-01"
    sandbox.at("2025-12-15T00:00:00Z")
    assert [row["plan_code"] for row in in_status(sandbox, "active")] == ["old"]
    sandbox.at("2026-01-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2026-01-01", [*([] if ahead else [("old", 120_000)]), ("new", 3100)])


@pytest.mark.parametrize("zone, asked, day, changed", [
    ("America/Los_Angeles", "2025-03-12T16:20:00Z", "2025-04-01", "2025-04-01T07:00:00.000Z"),
    ("Pacific/Auckland", "2025-03-12T16:20:00Z", "2025-04-01", "2025-03-31T11:00:00.000Z"),
    ("Asia/Kolkata", "2025-03-31T18:29:59Z", "2025-04-01", "2025-03-31T18:30:00.000Z"),
])
def test_the_day_of_the_change_is_a_day_of_the_customer(sandbox, zone, asked, day, changed):
    """03 §13.5 asks for the local date; before the change and after it."""
    sandbox.at("2025-02-01T12:00:00Z")
    customer(sandbox, timezone=zone)
    begin(sandbox, "2025-02-01T12:00:00Z", plans=TWO_AHEAD)
    assert change(sandbox, asked, "new")["downgrade_plan_date"] == day
    sandbox.at("2025-04-02T12:00:00Z")
    assert [row["started_at"] for row in in_status(sandbox, "active")] == [changed]
    assert in_status(sandbox, "terminated")[0]["downgrade_plan_date"] == day


def test_another_downgrade_takes_the_place_of_the_first(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={**TWO_AHEAD, "less": {"amount_cents": 100, **AHEAD}})
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    assert change(sandbox, "2025-03-12T00:00:00Z", "less")["next_plan_code"] == "less"
    assert [row["plan_code"] for row in in_status(sandbox, "canceled")] == ["new"]
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[1:] == [("2025-04-01", [("less", 100)])]


def test_an_upgrade_takes_the_place_of_a_downgrade(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={**TWO, "more": {"amount_cents": 9300}})
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    shown = change(sandbox, "2025-03-12T00:00:00Z", "more")
    assert (shown["plan_code"], shown["previous_plan_code"]) == ("more", "old")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-03-12", [("old", 2200)]), ("2025-04-01", [("more", 6000)]), ("2025-05-01", [("more", 9300)])
    ]


def test_the_own_plan_again_leaves_the_downgrade_waiting(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO_AHEAD)
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    assert change(sandbox, "2025-03-12T00:00:00Z", "old")["next_plan_code"] == "new"
    sandbox.at("2025-04-01T00:00:00Z")
    assert [row["plan_code"] for row in in_status(sandbox, "active")] == ["new"]


def test_it_is_undone_by_deleting_the_pending_one(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO_AHEAD)
    listen(sandbox, "2025-03-01T00:00:00Z")
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    gone = sandbox.delete("/subscriptions/acme", status="pending")["subscription"]
    assert (gone["plan_code"], gone["status"], gone["canceled_at"]) == ("new", "canceled", "2025-03-10T00:00:00Z")
    assert sandbox.get("/subscriptions/acme")["subscription"]["next_plan_code"] is None
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("old", 6200)])
    assert [(kind, row["plan_code"]) for kind, row in heard(sandbox, "2025-05-01T00:00:00Z")] == [
        ("subscription.updated", "old"), ("subscription.terminated", "new"), ("subscription.updated", "old")
    ]


def test_an_end_calls_it_off_without_a_word(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO)
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    listen(sandbox, "2025-03-10T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    sandbox.at("2025-05-01T00:00:00Z")
    assert [row["plan_code"] for row in in_status(sandbox, "canceled")] == ["new"]
    assert billed(sandbox) == [("2025-03-10", [("old", 2000)])]
    assert [(kind, row["plan_code"]) for kind, row in heard(sandbox, "2025-05-01T00:00:00Z")] == [
        ("subscription.updated", "old"), ("subscription.terminated", "old")
    ]


def test_the_world_is_told_when_it_takes_effect(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO)
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    listen(sandbox, "2025-03-10T00:00:00Z")
    assert [(kind, row["plan_code"]) for kind, row in heard(sandbox, "2025-04-01T00:00:00Z")] == [
        ("subscription.terminated", "old"), ("subscription.started", "new")
    ]


def test_an_ending_date_on_the_day_of_the_change_ends_it(sandbox):
    """At one moment ends come before bills (06 §7)."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO, ending_at="2025-04-01")
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [("2025-04-01", [("old", 6200)])]
    assert in_status(sandbox, "active") == []


def test_what_the_next_one_takes_over(sandbox):
    begin(
        sandbox, "2025-03-01T09:00:00Z", plans=TWO, billing_time="anniversary", ending_at="2026-01-01",
        consolidate_invoice=False, purchase_order_number="PO",
    )
    change(
        sandbox, "2025-03-12T16:20:00Z", "new", name="Next", progressive_billing_disabled=True,
        purchase_order_number="",
    )
    (row,) = in_status(sandbox, "pending")
    names = (
        "subscription_at", "billing_time", "ending_at", "consolidate_invoice", "purchase_order_number", "name",
        "progressive_billing_disabled",
    )
    assert [row[name] for name in names] == [
        "2025-03-01T09:00:00Z", "anniversary", "2026-01-01T00:00:00Z", False, None, "Next", True
    ]


def test_it_has_an_invoice_of_its_own(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO)
    subscribe(sandbox, plan_code="old", external_id="other")
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox) == [("2025-04-01", [("old", 6200)]), ("2025-04-01", [("old", 6200)])]


def test_a_request_on_the_day_itself_finds_it_done(sandbox):
    """However late the workers are: what fell due at midnight has happened then."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans={**TWO, "middle": {"amount_cents": 4000}})
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    late(sandbox, "2025-04-01T00:00:07Z")
    shown = subscribe(sandbox, plan_code="middle")
    assert (shown["plan_code"], shown["previous_plan_code"]) == ("middle", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-04-01", [("old", 6200)]), ("2025-04-01", [("new", 0)]), ("2025-05-01", [("middle", 4000)])
    ]


def test_an_end_on_the_day_itself_ends_the_next_one(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO)
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    late(sandbox, "2025-04-01T10:00:00Z")
    assert sandbox.delete("/subscriptions/acme")["subscription"]["plan_code"] == "new"
    assert billed(sandbox) == [("2025-04-01", [("old", 6200)]), ("2025-04-01", [("new", 103)])]  # 31.00 / 30


def test_an_upgrade_after_an_outage_bills_what_was_missed_before(sandbox):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={**TWO, "more": {"amount_cents": 9300}})
    late(sandbox, "2025-05-11T00:00:00Z")
    subscribe(sandbox, plan_code="more")
    assert billed(sandbox) == [
        ("2025-04-01", [("old", 6200)]), ("2025-05-01", [("old", 6200)]), ("2025-05-11", [("old", 2000)])
    ]


def test_after_an_ending_date_that_was_missed_a_new_one_begins(sandbox):
    old = begin(sandbox, "2025-03-01T00:00:00Z", plans={**TWO, "more": {"amount_cents": 9300}}, ending_at="2025-03-10")
    late(sandbox, "2025-03-20T00:00:00Z")
    new = subscribe(sandbox, plan_code="more")
    assert (new["previous_plan_code"], new["subscription_at"]) == (None, "2025-03-20T00:00:00Z")
    (ended,) = in_status(sandbox, "terminated")
    assert (ended["lago_id"], ended["terminated_at"]) == (old["lago_id"], "2025-03-10T00:00:00Z")
    assert billed(sandbox) == [("2025-03-10", [("old", 2000)])]


def test_down_and_up_again(sandbox):
    """In advance: April of the small plan, from 11 April the big one again; 20 of 30 days of both."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 6000, **AHEAD}, "new": {"amount_cents": 3000, **AHEAD}
    })
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    change(sandbox, "2025-04-11T00:00:00Z", "old")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-03-01", [("old", 6000)]), ("2025-04-01", [("new", 3000)]), ("2025-04-11", [("old", 4000)]),
        ("2025-05-01", [("old", 6000)]),
    ]
    assert [row["credit_notes_amount_cents"] for row in invoices(sandbox)] == [0, 0, 2000, 0]


def test_units_in_advance_go_on_for_the_next_period_at_the_old_price(sandbox):
    """02 §4: renewals are skipped only at an upgrade or a final end."""
    sandbox.at("2025-03-01T00:00:00Z")
    seats = metric(sandbox, "seats", aggregation_type="unique_count_agg", field_name="who", recurring=True)
    charge = {**standard(seats, "10"), "pay_in_advance": True}
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 6200, "charges": [charge]},
        "new": {"amount_cents": 3100, "charges": [{**charge, "properties": {"amount": "7"}}]},
    })
    use(sandbox, "seats", timestamp="2025-03-02T00:00:00Z", properties={"who": "a"})
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("old", 6200), ("seats", 1000)])
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-05-01", [("new", 3100), ("seats", 700)])


def test_a_list_asks_for_the_plans_before_and_after_at_once(sandbox, count_queries):
    begin(sandbox, "2025-03-01T00:00:00Z", plans=TWO)
    change(sandbox, "2025-03-10T00:00:00Z", "new")
    with count_queries() as few:
        assert sandbox.get("/subscriptions")["subscriptions"][0]["next_plan_code"] == "new"
    for number in range(3):
        subscribe(sandbox, plan_code="old", external_id=f"s{number}")
        subscribe(sandbox, plan_code="new", external_id=f"s{number}")
    with count_queries() as many:
        assert [row["next_plan_code"] for row in sandbox.get("/subscriptions")["subscriptions"]] == ["new"] * 4
    assert len(many) == len(few)


@pytest.mark.parametrize("ahead, expected", [
    (False, [6200, 62_000 - 6200]), (True, [62_000 - 6200, 3100]),
], ids=["arrears", "advance"])
def test_a_commitment_is_settled_for_the_whole_period(sandbox, ahead, expected):
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 6200, "minimum_commitment": {"amount_cents": 62_000}, "pay_in_advance": ahead},
        "new": {"amount_cents": 3100, "pay_in_advance": ahead},
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert [row["amount_cents"] for row in invoices(sandbox)[-1]["fees"]] == expected
