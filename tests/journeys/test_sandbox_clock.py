"""The sandbox clock, as its table in 00 §3 promises it."""

from datetime import UTC, datetime, timedelta

import pytest

from lago.core import clock, due
from lago.organizations.clock import _alone
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

JANUARY = "2024-01-01T00:00:00Z"


def moved_to(account, now, expect=200):
    return account.put("/test_clock", {"test_clock": {"now": now}}, expect=expect)


def clock_of(account):
    return account.get("/test_clock")["test_clock"]


def subscribed(account, **fields):
    """A customer with 49.00 a month in arrears since 1 January 2024."""
    account.at(JANUARY)
    plan(account, **fields)
    return subscribe(account)


def test_an_advance_answers_when_it_stands_where_it_was_told_to(sandbox):
    assert moved_to(sandbox, "2024-01-31T23:00:00Z") == {
        "test_clock": {"now": "2024-01-31T23:00:00Z", "status": "ready"}
    }
    assert clock_of(sandbox) == {"now": "2024-01-31T23:00:00Z", "status": "ready"}


def test_another_zone_is_written_in_utc(sandbox):
    assert moved_to(sandbox, "2024-02-01T01:00:00+02:00")["test_clock"]["now"] == "2024-01-31T23:00:00Z"


def test_everything_lives_by_the_clock(sandbox):
    sandbox.at(JANUARY)
    assert metric(sandbox, "calls")["created_at"] == JANUARY
    assert customer(sandbox)["created_at"] == JANUARY
    use(sandbox, "calls")
    assert sandbox.get("/events")["events"][0]["timestamp"] == "2024-01-01T00:00:00.000Z"


def test_the_same_moment_again_moves_nothing_and_drains(with_pdfs, sandbox):
    subscribed(sandbox)
    made = subscribe(sandbox, "other", ending_at="2024-06-01T00:00:00Z")
    sandbox.delete(f"/subscriptions/{made['external_id']}")
    (invoice,) = invoices(sandbox, "other")
    assert invoice["file_url"] is None
    sandbox.at(JANUARY)
    (invoice,) = invoices(sandbox, "other")
    assert invoice["file_url"] and clock_of(sandbox)["now"] == JANUARY


def test_an_earlier_moment_is_refused_and_changes_nothing(sandbox):
    sandbox.at(JANUARY)
    refused = moved_to(sandbox, "2023-12-31T23:59:59Z", expect=422)
    assert (refused["code"], refused["error_details"]) == ("validation_errors", {"now": ["value_is_in_the_past"]})
    assert clock_of(sandbox)["now"] == JANUARY


@pytest.mark.parametrize("body", [{"now": None}, {"now": "tomorrow"}, {"now": 13}, {"then": JANUARY}])
def test_what_is_no_moment_is_refused(sandbox, body):
    assert sandbox.refused("PUT", "/test_clock", {"test_clock": body}) == {"now": ["invalid_date"]}


def test_the_first_move_may_go_anywhere_and_what_was_made_before_keeps_its_time(sandbox):
    before = metric(sandbox, "calls")["created_at"]
    made_in = sandbox.put("/organizations", {"organization": {"timezone": "UTC"}})["organization"]["created_at"]
    sandbox.at("1999-12-31T00:00:00Z")
    assert sandbox.get("/billable_metrics/calls")["billable_metric"]["created_at"] == before
    shown = sandbox.put("/organizations", {"organization": {"timezone": "UTC"}})["organization"]
    assert shown["created_at"] == made_in


def test_the_first_move_may_go_to_the_future_and_does_what_falls_due_on_the_way(sandbox):
    plan(sandbox)
    started = datetime.fromisoformat(subscribe(sandbox)["started_at"])
    sandbox.at(f"{started.year + 1}-03-01T00:00:00Z")
    made = [row["created_at"] for row in invoices(sandbox)]
    assert len(made) == 3 + 12 - started.month
    assert all(moment.endswith("-01T00:00:00Z") for moment in made) and made == sorted(made)


def test_other_organizations_never_notice(sandbox, owner):
    plan(owner)
    subscribe(owner)
    sandbox.at("2040-01-01T00:00:00Z")
    assert invoices(owner) == []
    made = datetime.fromisoformat(metric(owner, "calls")["created_at"])
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_without_a_sandbox_there_is_no_clock(owner, method):
    body = {"test_clock": {"now": JANUARY}} if method == "PUT" else None
    assert owner.call(method, "/test_clock", body, expect=403) == {
        "status": 403, "error": "Forbidden", "code": "sandbox_only"
    }


def test_a_clock_that_was_never_moved_shows_real_time(sandbox):
    shown = datetime.fromisoformat(clock_of(sandbox)["now"])
    assert abs(shown - datetime.now(UTC)) < timedelta(minutes=1)


def test_while_an_advance_is_at_work_the_clock_says_so(sandbox):
    sandbox.at(JANUARY)
    with _alone(sandbox.organization.id):
        assert clock_of(sandbox) == {"now": JANUARY, "status": "advancing"}
    assert clock_of(sandbox)["status"] == "ready"


def test_the_clock_is_given_back_to_real_time(sandbox):
    sandbox.at(JANUARY)
    back = sandbox.delete("/test_clock")["test_clock"]
    assert abs(datetime.fromisoformat(back["now"]) - datetime.now(UTC)) < timedelta(minutes=1)
    made = datetime.fromisoformat(metric(sandbox, "calls")["created_at"])
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_clock_is_kept_while_work_would_be_due_in_the_past_of_real_time(sandbox):
    subscribed(sandbox)
    sandbox.call("DELETE", "/test_clock", expect=422)
    assert clock_of(sandbox)["now"] == JANUARY
    sandbox.delete("/subscriptions/acme")
    for invoice in invoices(sandbox):  # it would become overdue
        sandbox.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "succeeded"}})
    sandbox.delete("/test_clock")


def test_a_clock_in_the_future_is_given_back_with_what_was_done_on_it(sandbox):
    plan(sandbox, interval="yearly")
    subscribe(sandbox)
    year = datetime.now(UTC).year
    sandbox.at(f"{year + 2}-01-01T00:00:00Z")
    made = len(invoices(sandbox))
    sandbox.delete("/test_clock")
    assert len(invoices(sandbox)) == made


def test_a_move_with_nothing_to_do_costs_little(sandbox, count_queries):
    subscribed(sandbox)
    sandbox.at(JANUARY)
    with count_queries() as statements:
        sandbox.at(JANUARY)
    assert len(statements) <= 6, statements


def test_stamps_of_an_advance_are_the_due_moment(sandbox):
    subscribed(sandbox)
    subscribe(sandbox, "leaving", ending_at="2024-01-20T12:00:00Z")
    subscribe(sandbox, "coming", subscription_at="2024-01-10T12:00:00Z")
    sandbox.at("2024-02-01T08:30:00Z")
    (invoice,) = invoices(sandbox)
    assert {invoice[name] for name in ("created_at", "updated_at")} == {"2024-02-01T00:00:00Z"}
    assert {row["created_at"] for row in invoice["fees"]} <= {"2024-02-01T00:00:00Z"}
    left = sandbox.get("/subscriptions/leaving", status="terminated")["subscription"]
    assert left["terminated_at"] == "2024-01-20T00:00:00Z"
    assert sandbox.get("/subscriptions/coming")["subscription"]["started_at"] == "2024-01-10T00:00:00.000Z"


def test_an_advance_that_fails_half_way_keeps_what_it_did_and_can_be_called_again(sandbox, monkeypatch):
    subscribed(sandbox)
    bill = due.KINDS["subscriptions.bill"]

    def bills_until_march(customer_ids):
        if clock.now().month == 3:
            raise RuntimeError("out of ink")
        bill.perform(customer_ids)

    with monkeypatch.context() as broken:
        broken.setitem(due.KINDS, bill.name, due.DueKind(bill.name, bill.rank, bill.query, bills_until_march))
        failed = moved_to(sandbox, "2024-06-01T00:00:00Z", expect=500)
    assert failed["test_clock"]["now"] == clock_of(sandbox)["now"] == "2024-03-01T00:00:00Z"
    assert [row["created_at"][:7] for row in invoices(sandbox)] == ["2024-02"]
    sandbox.at("2024-06-01T00:00:00Z")
    assert [row["created_at"][:7] for row in invoices(sandbox)] == [f"2024-0{month}" for month in range(2, 7)]


def test_due_work_of_several_zones_is_done_in_the_order_of_time(sandbox):
    sandbox.at(JANUARY)
    plan(sandbox)
    zones = {"west": "America/Los_Angeles", "home": "UTC", "east": "Asia/Tokyo", "half": "Asia/Kolkata"}
    for external_id, zone in zones.items():
        customer(sandbox, external_id, timezone=zone)
        subscribe(sandbox, external_id, subscription_at="2024-01-02T00:00:00Z")
    sandbox.at("2024-03-15T00:00:00Z")
    done = sandbox.get("/invoices", per_page=100)["invoices"]
    done.sort(key=lambda row: row["lago_id"])  # ids grow in the order in which they are given
    assert [row["customer"]["external_id"] for row in done] == ["east", "half", "home", "west"] * 2
    assert [row["created_at"][5:16] for row in done] == [
        "01-31T15:00", "01-31T18:30", "02-01T00:00", "02-01T08:00",
        "02-29T15:00", "02-29T18:30", "03-01T00:00", "03-01T08:00",
    ]  # fmt: skip


def test_ten_years_of_a_yearly_customer_are_ten_invoices(sandbox):
    subscribed(sandbox, interval="yearly")
    sandbox.at("2034-01-01T00:00:00Z")
    assert [row["issuing_date"] for row in invoices(sandbox)] == [f"{year}-01-01" for year in range(2025, 2035)]


def test_usage_lands_on_the_invoice_of_its_month_however_far_the_jump(sandbox):
    sandbox.at(JANUARY)
    calls = metric(sandbox, "calls")
    plan(sandbox, amount_cents=0, charges=[standard(calls, "1")])
    subscribe(sandbox)
    for moment in ("2024-01-31T23:59:59Z", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z"):
        sandbox.at(moment)
        use(sandbox, "calls")
    sandbox.at("2024-05-01T00:00:00Z")
    assert [row["fees_amount_cents"] for row in invoices(sandbox)] == [100, 200, 0, 0]
