"""Plan changes that several clients ask for at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.organizations import account
from tests.builders.stories import invoices, plan, subscribe


@pytest.fixture
def caller(committing):
    caller = account(committing.test_client(), f"Changer {uuid.uuid4().hex[:8]}")
    for code, cents in (("pro", 4900), ("more", 9900), ("most", 19_900), ("less", 100), ("least", 50)):
        plan(caller, code, amount_cents=cents)
    return caller


def wanted(name, *codes):
    return [
        {"subscription": {"external_customer_id": name, "external_id": name, "plan_code": code}} for code in codes
    ]


def statuses(caller, name):
    rows = caller.get("/subscriptions", external_id=name, **{"status[]": "any"})["subscriptions"]
    return sorted((row["status"], row["plan_code"]) for row in rows)


def test_the_same_upgrade_is_made_once(committing, caller):
    for name in ("u0", "u1", "u2", "u3"):
        subscribe(caller, name)
        answers = at_once(committing, caller.api_key, "/subscriptions", wanted(name, "more", "more", "more"))
        assert len({answer["subscription"]["lago_id"] for _, answer in answers}) == 1
        assert statuses(caller, name) == [("active", "more"), ("terminated", "pro")]
        assert len(invoices(caller, name)) == 1


def test_of_two_downgrades_one_waits(committing, caller):
    for name in ("d0", "d1", "d2", "d3"):
        subscribe(caller, name)
        answers = at_once(committing, caller.api_key, "/subscriptions", wanted(name, "less", "least"))
        assert [status for status, _ in answers] == [200, 200]
        assert [status for status, _ in statuses(caller, name)] == ["active", "canceled", "pending"]


def test_an_upgrade_and_an_end_leave_one_history(committing, caller):
    for name in ("e0", "e1", "e2", "e3"):
        subscribe(caller, name)
        bodies = wanted(name, "more", "most")
        answers = at_once(committing, caller.api_key, "/subscriptions", bodies)
        assert [status for status, _ in answers] == [200, 200]
        ended = at_once(committing, caller.api_key, f"/subscriptions/{name}", [{}] * 2, "DELETE")
        assert sorted(status for status, _ in ended) == [200, 404]
        assert all(status in ("terminated", "canceled") for status, _ in statuses(caller, name))
