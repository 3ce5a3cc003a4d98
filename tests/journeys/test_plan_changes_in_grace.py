"""Plan changes of customers with a grace period: drafts are made anew with the figures that they had (04 §2.3)."""

import pytest

from tests.builders.plan_changes import begin, change, fees, lines
from tests.builders.stories import customer, invoices, metric, standard, subscribe, use

AHEAD = {"pay_in_advance": True}
GRACE = {"invoice_grace_period": 40}
PLANS = {
    "arrears": {"old": {"amount_cents": 3100}, "new": {"amount_cents": 6200, **AHEAD}, "less": {"amount_cents": 100}},
    "advance": {
        "old": {"amount_cents": 3100, **AHEAD}, "new": {"amount_cents": 6200}, "less": {"amount_cents": 100, **AHEAD}
    },
}


def made_anew(sandbox):
    """Each draft before a refresh and after it: fees, credit, lines."""
    before = invoices(sandbox)
    for row in before:
        sandbox.put(f"/invoices/{row['lago_id']}/refresh")
    return [
        [(fees(row), row["total_amount_cents"], lines(row)) for row in rows] for rows in (before, invoices(sandbox))
    ]


@pytest.mark.parametrize("kind, expected", [
    ("arrears", [[("old", 3100)], [("old", 1100), ("new", 4000)]]),
    ("advance", [[("old", 3100)], [("old", 3100)], []]),
])
def test_drafts_of_an_upgrade_stay_what_they_are(sandbox, kind, expected):
    """In arrears: February's draft stays whole after the upgrade of 12 March, and so does the one of the change."""
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    begin(sandbox, "2025-02-01T00:00:00Z", plans=PLANS[kind])
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == expected
    assert after == before


@pytest.mark.parametrize("kind, expected", [
    ("arrears", [[("old", 3100)], [("old", 3100)]]),
    ("advance", [[("old", 3100)], [("old", 3100)], [("less", 100)]]),
])
def test_drafts_of_a_downgrade_stay_what_they_are(sandbox, kind, expected):
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    begin(sandbox, "2025-02-01T00:00:00Z", plans=PLANS[kind])
    change(sandbox, "2025-03-02T00:00:00Z", "less")
    sandbox.at("2025-04-01T00:00:00Z")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before][-len(expected):] == expected
    assert after == before


@pytest.mark.parametrize("kind, expected", [
    ("arrears", [[("old", 3100)], [("old", 0), ("new", 6200)]]),
    ("advance", [[("old", 3100)], [("old", 3100)], []]),
])
def test_an_upgrade_at_the_very_moment_of_a_bill_leaves_its_draft_as_it_is(sandbox, kind, expected):
    """The fee of March is on the draft, or all days of February are: the change came after it."""
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    begin(sandbox, "2025-02-01T00:00:00Z", plans=PLANS[kind])
    change(sandbox, "2025-03-01T00:00:00Z", "new")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == expected
    assert after == before


@pytest.mark.parametrize("moment, expected", [
    ("2025-02-01T00:00:00Z", [[("old", 3100)], []]), ("2025-03-01T00:00:00Z", [[("old", 3100)], [("old", 3100)], []]),
])
def test_an_end_at_the_very_moment_of_a_bill_leaves_its_draft_as_it_is(sandbox, moment, expected):
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    begin(sandbox, "2025-02-01T00:00:00Z", plans={"old": {"amount_cents": 3100, **AHEAD}})
    sandbox.at(moment)
    sandbox.delete("/subscriptions/acme")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == expected
    assert after == before


def test_usage_of_a_month_that_was_over_is_not_lost(sandbox):
    """Seats that go on with the new plan are left to it only for the time of the change."""
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    seats = metric(sandbox, "seats", aggregation_type="sum_agg", field_name="n", recurring=True)
    begin(sandbox, "2025-02-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": [standard(seats, "1")]} for code in ("old", "new")
    })
    use(sandbox, "seats", timestamp="2025-02-02T00:00:00Z", properties={"n": 5})
    change(sandbox, "2025-03-02T16:20:00Z", "new")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == [[("old", 0), ("seats", 500)], [("old", 0)]]
    assert after == before


def test_seats_that_were_renewed_stay_so(sandbox):
    """They are paid for the month by the draft, so the new plan does not charge them for it."""
    sandbox.at("2025-02-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    seats = metric(sandbox, "seats", aggregation_type="unique_count_agg", field_name="who", recurring=True)
    begin(sandbox, "2025-02-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": [{**standard(seats, "10"), **AHEAD}]} for code in ("old", "new")
    })
    use(sandbox, "seats", timestamp="2025-02-02T00:00:00Z", properties={"who": "a"})
    change(sandbox, "2025-03-02T16:20:00Z", "new")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == [[("seats", 1000)], [("old", 0), ("seats", 1000)], [("old", 0)]]
    assert after == before


def test_a_draft_of_a_change_is_finalized_as_it_is(sandbox):
    sandbox.at("2025-03-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 3})
    begin(sandbox, "2025-03-01T00:00:00Z", plans=PLANS["arrears"])
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-03-16T00:00:00Z")
    (row,) = invoices(sandbox)
    assert (row["status"], fees(row)) == ("finalized", [("old", 1100), ("new", 4000)])


def test_the_credit_of_a_draft_waits_for_its_end(sandbox):
    """31.00 for March and 62.00 from 12 March, both in advance: 20 of 31 days come back once the first is final."""
    sandbox.at("2025-03-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 20})
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 3100, **AHEAD}, "new": {"amount_cents": 6200, **AHEAD}
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    rows = invoices(sandbox)
    assert [(fees(row), row["status"], row["credit_notes_amount_cents"]) for row in rows[:2]] == [
        ([("old", 3100)], "finalized", 0), ([("new", 4000)], "finalized", 2000)
    ]


def test_a_subscription_that_is_undone_by_upgrades_has_drafts_that_can_be_refreshed(sandbox):
    """Two upgrades on one day, and an end."""
    sandbox.at("2025-03-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    begin(sandbox, "2025-03-01T00:00:00Z", plans={f"p{n}": {"amount_cents": 3100} for n in range(3)}, first="p0")
    change(sandbox, "2025-03-12T08:00:00Z", "p1")
    change(sandbox, "2025-03-12T12:00:00Z", "p2")
    sandbox.at("2025-03-13T12:00:00Z")
    sandbox.delete("/subscriptions/acme")
    before, after = made_anew(sandbox)
    assert [row[0] for row in before] == [[("p0", 1100)], [("p1", 0)], [("p2", 200)]]
    assert after == before
    assert subscribe(sandbox, plan_code="p0")["previous_plan_code"] is None
