"""When a subscription begins, and which of its periods is the first to be billed (03 §2.2, §2.4, §4.4)."""

import pytest

from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


def billed(owner, customer_id="acme"):
    return [(row["created_at"], row["fees_amount_cents"]) for row in invoices(owner, customer_id)]


@pytest.mark.parametrize("since, cents", [
    ("2024-03-05T08:00:00Z", 2613),  # F22: 27 of 31 days of 30.00
    ("2024-02-10T08:00:00Z", 3000),  # F23: it began before the period that is billed
])
def test_one_in_arrears_dated_back_pays_its_last_period_on_the_next_billing_day(sandbox, since, cents):
    sandbox.at("2024-03-20T10:00:00Z")
    plan(sandbox, amount_cents=3000)
    subscribe(sandbox, subscription_at=since)
    sandbox.at("2024-04-01T00:00:00Z")
    assert billed(sandbox) == [("2024-04-01T00:00:00Z", cents)]


def test_one_in_advance_dated_back_pays_from_its_next_period_on(sandbox):
    sandbox.at("2024-03-20T10:00:00Z")
    calls = metric(sandbox, "calls")
    plan(sandbox, amount_cents=3000, pay_in_advance=True, charges=[standard(calls, "1")])
    subscribe(sandbox, subscription_at="2024-02-10T08:00:00Z")
    for moment in ("2024-02-15T00:00:00Z", "2024-03-02T00:00:00Z"):
        use(sandbox, "calls", timestamp=moment)
    sandbox.at("2024-04-01T00:00:00Z")
    (first,) = invoices(sandbox)
    assert fee(first, "subscription")["from_date"] == "2024-04-01T00:00:00+00:00"
    assert (fee(first, "subscription")["amount_cents"], fee(first, "charge")["amount_cents"]) == (3000, 100)


def test_one_dated_back_and_made_on_a_billing_day_is_billed_that_day(sandbox):
    sandbox.at("2024-04-01T10:00:00Z")
    plan(sandbox, amount_cents=3000)
    subscribe(sandbox, subscription_at="2024-03-05T08:00:00Z")
    sandbox.at("2024-04-01T10:00:00Z")
    assert billed(sandbox) == [("2024-04-01T10:00:00Z", 2613)]  # F22


def test_a_billing_day_that_was_over_where_the_customer_lives_is_not_caught_up(sandbox):
    sandbox.at("2024-03-31T20:00:00Z")  # still Sunday in UTC; in Auckland Monday, 1 April
    plan(sandbox, interval="weekly")
    customer(sandbox, timezone="Pacific/Auckland")
    subscribe(sandbox, billing_time="anniversary", subscription_at="2024-03-16T12:00:00Z")  # a Sunday there
    sandbox.at("2024-04-10T00:00:00Z")
    assert billed(sandbox) == [("2024-04-06T11:00:00Z", 4900)]  # Sunday, 7 April there


@pytest.fixture
def coming(sandbox):
    """On 5 March, a subscription in advance of 31.00 a month that is to begin on 10 April."""
    sandbox.at("2024-03-05T10:00:00Z")
    plan(sandbox, amount_cents=3100, pay_in_advance=True)
    subscribe(sandbox, subscription_at="2024-04-10T12:00:00Z")
    return sandbox


def move_start(owner, moment):
    return owner.put("/subscriptions/acme", {"subscription": {"subscription_at": moment}})["subscription"]


def test_a_start_can_be_put_off(coming):
    assert move_start(coming, "2024-05-12T12:00:00Z")["status"] == "pending"
    coming.at("2024-05-20T00:00:00Z")
    assert coming.get("/subscriptions/acme")["subscription"]["started_at"] == "2024-05-12T00:00:00.000Z"
    assert billed(coming) == [("2024-05-12T00:00:00Z", 2000)]  # 20 of 31 days


def test_a_start_moved_to_today_begins_and_is_billed_at_once(coming):
    moved = move_start(coming, "2024-03-05T08:00:00Z")
    assert (moved["status"], moved["started_at"]) == ("active", "2024-03-05T08:00:00.000Z")
    assert billed(coming) == [("2024-03-05T10:00:00Z", 2700)]  # 27 of 31 days


def test_a_start_moved_to_the_past_begins_at_once_and_pays_from_the_next_period_on(coming):
    assert move_start(coming, "2024-02-20T08:00:00Z")["status"] == "active"
    assert billed(coming) == []
    coming.at("2024-04-01T00:00:00Z")
    assert billed(coming) == [("2024-04-01T00:00:00Z", 3100)]


def test_the_start_of_a_running_one_stays(coming):
    move_start(coming, "2024-03-05T08:00:00Z")
    assert move_start(coming, "2024-03-01T08:00:00Z")["subscription_at"] == "2024-03-05T08:00:00Z"


def test_a_start_waits_while_another_customers_subscription_has_its_external_id(sandbox):
    sandbox.at("2024-03-05T10:00:00Z")
    plan(sandbox)
    subscribe(sandbox, "late", external_id="shared", subscription_at="2024-03-10T12:00:00Z")
    subscribe(sandbox, "early", external_id="shared", ending_at="2024-03-20T12:00:00Z")
    sandbox.at("2024-04-01T00:00:00Z")
    started = sandbox.get("/subscriptions/shared")["subscription"]
    assert (started["external_customer_id"], started["started_at"]) == ("late", "2024-03-21T00:00:00.000Z")
    assert [len(billed(sandbox, name)) for name in ("early", "late")] == [1, 1]
