"""Customers and plans that several clients make at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.catalog import plan_body
from tests.builders.organizations import account

SIDES = 4


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")


def customers(*external_ids):
    return [{"customer": {"external_id": external_id}} for external_id in external_ids]


def test_a_customer_is_made_once(committing, caller):
    for number in range(5):
        answers = at_once(committing, caller.api_key, "/customers", customers(*[f"c{number}"] * SIDES))
        assert {answer["customer"]["sequential_id"] for status, answer in answers if status == 200} == {number + 1}
        refusals = [answer["error_details"] for status, answer in answers if status != 200]
        assert refusals == [{"external_id": ["value_already_exist"]}] * len(refusals)


def test_no_number_is_given_twice(committing, caller):
    external_ids = [f"c{number}" for number in range(8)]
    answers = at_once(committing, caller.api_key, "/customers", customers(*external_ids))
    assert sorted(answer["customer"]["sequential_id"] for _, answer in answers) == list(range(1, 9))


def test_subscriptions_at_once_find_the_customer_that_one_of_them_makes(committing, caller):
    (made, _), = at_once(committing, caller.api_key, "/plans", [{"plan": plan_body("basic")}])
    assert made == 200
    for number in range(3):
        asked = {"external_customer_id": f"c{number}", "plan_code": "basic"}
        bodies = [{"subscription": {**asked, "external_id": f"s{number}{side}"}} for side in range(SIDES)]
        answers = at_once(committing, caller.api_key, "/subscriptions", bodies)
        assert [status for status, _ in answers] == [200] * SIDES
        assert len({answer["subscription"]["lago_customer_id"] for _, answer in answers}) == 1


def test_a_code_is_given_once(committing, caller):
    for number in range(5):
        answers = at_once(committing, caller.api_key, "/plans", [{"plan": plan_body(f"p{number}")}] * SIDES)
        assert sorted(status for status, _ in answers) == [200] + [422] * (SIDES - 1)
        details = [answer["error_details"] for status, answer in answers if status == 422]
        assert details == [{"code": ["value_already_exist"]}] * (SIDES - 1)
