"""Subscriptions that several clients start and end at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.organizations import account
from tests.builders.stories import invoices, plan, subscribe


@pytest.fixture
def caller(committing):
    caller = account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")
    plan(caller)
    return caller


def wanted(customer_id, external_id):
    return {"subscription": {"external_customer_id": customer_id, "plan_code": "pro", "external_id": external_id}}


def test_of_two_customers_one_gets_the_external_id(committing, caller):
    for number in range(4):
        answers = at_once(committing, caller.api_key, "/subscriptions", [wanted(name, f"s{number}") for name in "ab"])
        assert sorted(status for status, _ in answers) == [200, 422]
        (refused,) = [answer["error_details"] for status, answer in answers if status == 422]
        assert "external_id" in refused


def test_one_customers_subscription_is_made_once(committing, caller):
    subscribe(caller, "acme", external_id="first")
    for number in range(4):
        answers = at_once(committing, caller.api_key, "/subscriptions", [wanted("acme", f"s{number}")] * 3)
        assert len({answer["subscription"]["lago_id"] for _, answer in answers}) == 1


def test_a_subscription_ends_and_is_billed_once(committing, caller):
    for name in ("c0", "c1", "c2", "c3"):
        subscribe(caller, name)
        answers = at_once(committing, caller.api_key, f"/subscriptions/{name}", [{}] * 3, "DELETE")
        assert sorted(status for status, _ in answers) == [200, 404, 404]
        assert len(invoices(caller, name)) == 1
