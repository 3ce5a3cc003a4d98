"""After an outage under real time everything is done late, once, as of the moment at which it fell due (00 §2)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from lago.core import due
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.organizations.clock import _set
from tests.builders.moments import first_of_month
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe
from tests.builders.usage import store_events
from tests.builders.webhooks import work

START, FIRST, SECOND = (first_of_month(month) for month in (-4, -3, -2))
"""Nobody has looked for due work since the START, four months before the present one; then the first bills were due."""


@pytest.fixture
def asleep(owner):
    """Two customers in different zones since the START, with usage in the second month."""
    calls = metric(owner, "calls")
    plan(owner, charges=[standard(calls, "1")])
    for external_id, zone in (("acme", "UTC"), ("east", "Asia/Tokyo")):
        customer(owner, external_id, timezone=zone)
        subscribe(owner, external_id)
    with transaction():
        store_events(owner, {"timestamp": FIRST}, {"timestamp": SECOND - timedelta(seconds=1)})
        put_back(owner, "acme", FIRST)
        put_back(owner, "east", FIRST - timedelta(hours=9))
    return owner


def put_back(owner, external_id, first_bill):
    moments = "subscription_at = :start, started_at = :start, created_at = :start, billing_due_at = :due"
    values = {"start": START, "due": first_bill, "id": owner.organization.id, "external_id": external_id}
    where = "organization_id = :id AND external_id = :external_id"
    db.session.execute(text(f"UPDATE subscriptions SET {moments} WHERE {where}"), values)


def wake():
    """What the first scheduler and the first worker do."""
    with transaction():
        found = due.find(datetime.now(UTC))
    work()
    return found


def midnights(hours_ahead=0):
    """Each first of a month since then, in a zone that is so many hours ahead of UTC, as the API writes moments."""
    firsts = [first_of_month(month) - timedelta(hours=hours_ahead) for month in range(-3, 2)]
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in firsts if moment <= datetime.now(UTC)]


def test_each_missed_bill_is_made_as_of_its_own_moment(asleep):
    assert wake() == 2
    made = invoices(asleep)
    assert [row["created_at"] for row in made] == midnights()
    assert [row["issuing_date"] for row in made] == [moment[:10] for moment in midnights()]
    assert [row["fees_amount_cents"] for row in made] == [4900, 5100, 4900, 4900]


def test_bills_of_other_zones_have_their_own_midnights(asleep):
    wake()
    assert [row["created_at"] for row in invoices(asleep, "east")] == midnights(9)


def test_missed_bills_are_made_in_the_order_in_which_they_fell_due(asleep):
    wake()
    made = sorted(asleep.get("/invoices", per_page=100)["invoices"], key=lambda row: row["lago_id"])
    assert [row["created_at"] for row in made] == sorted(midnights() + midnights(9))


def test_an_end_bills_the_missed_months_before_the_last_days(asleep):
    asleep.delete("/subscriptions/acme")
    *missed, last = invoices(asleep)
    assert [row["created_at"] for row in missed] == midnights()
    assert [row["fees_amount_cents"] for row in missed] == [4900, 5100, 4900, 4900]
    assert last["billing_periods"][0]["invoicing_reason"] == "subscription_terminating"


def test_a_change_made_meanwhile_does_not_move_an_end_that_is_late(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox)
    subscribe(sandbox, ending_at="2024-01-20T12:00:00Z")
    _set(sandbox.organization.id, datetime(2024, 1, 24, tzinfo=UTC))  # and nobody did what fell due
    sandbox.put("/subscriptions/acme", {"subscription": {"name": "Team"}})
    sandbox.at("2024-01-25T00:00:00Z")
    ended = sandbox.get("/subscriptions/acme", status="terminated")["subscription"]
    assert ended["terminated_at"] == "2024-01-20T00:00:00Z"


def test_what_was_caught_up_is_not_found_again(asleep):
    assert (wake(), wake()) == (2, 0)
    assert len(invoices(asleep)) == 4


def test_two_schedulers_find_the_same_customer_once(asleep):
    with transaction():
        assert (due.find(datetime.now(UTC)), due.find(datetime.now(UTC))) == (2, 0)


def test_a_bill_that_fails_does_not_hold_up_the_others(asleep, monkeypatch):
    bill = due.KINDS["subscriptions.bill"]
    broken = asleep.get("/customers/acme")["customer"]["lago_id"]

    def bills_all_but_one(customer_ids):
        if broken in {str(one) for one in customer_ids}:
            raise RuntimeError("out of ink")
        bill.perform(customer_ids)

    with monkeypatch.context() as patch:
        patch.setitem(due.KINDS, bill.name, due.DueKind(bill.name, bill.rank, bill.query, bills_all_but_one))
        wake()
    assert (len(invoices(asleep)), len(invoices(asleep, "east"))) == (0, len(midnights(9)))
    with transaction():
        left = db.session.execute(text("UPDATE outbox SET run_at = now() RETURNING name, last_error")).all()
    assert [tuple(row) for row in left] == [("due.catch_up", "RuntimeError: out of ink")]
    work()
    assert len(invoices(asleep)) == 4


def test_what_had_failed_for_good_is_tried_again_every_hour(asleep):
    with transaction():
        due.find(datetime.now(UTC))
        gave_up = {"at": datetime.now(UTC) - timedelta(minutes=59)}
        db.session.execute(text("UPDATE outbox SET attempts = 8, last_error = 'out of ink', failed_at = :at"), gave_up)
    assert (wake(), invoices(asleep)) == (0, [])
    with transaction():
        db.session.execute(text("UPDATE outbox SET failed_at = failed_at - interval '2 minutes'"))
    assert (wake(), len(invoices(asleep))) == (2, len(midnights()))


def test_the_scheduler_leaves_a_standing_clock_alone(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox)
    subscribe(sandbox)
    assert (wake(), invoices(sandbox)) == (0, [])


def test_what_was_found_just_before_the_clock_was_moved_waits_for_the_clock(sandbox):
    sandbox.at(START.isoformat())
    plan(sandbox)
    subscribe(sandbox)
    with transaction():
        found = {"name": "due.catch_up", "args": {"customer_id": sandbox.get("/customers/acme")["customer"]["lago_id"]}}
        db.session.add(OutboxRow(organization_id=sandbox.organization.id, queue="default", **found))
    work()
    assert invoices(sandbox) == []
    sandbox.at(FIRST.isoformat())
    assert [row["created_at"] for row in invoices(sandbox)] == midnights()[:1]
