"""Charges and filters that several clients write at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.catalog import a_filter, a_metric, a_metric_with_filters, a_plan, standard_charge
from tests.builders.organizations import account


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")


def statuses(answers):
    return sorted(status for status, _ in answers)


def test_a_code_is_given_to_one_charge(committing, caller):
    metric = a_metric(caller)
    a_plan(caller)
    bodies = [{"charge": standard_charge(metric, code="api")}] * 4
    answers = at_once(committing, caller.api_key, "/plans/basic/charges", bodies)
    assert statuses(answers) == [200, 422, 422, 422]
    assert {str(answer["error_details"]) for status, answer in answers if status == 422} == {
        str({"code": ["value_already_exist"]})
    }
    assert len(caller.get("/plans/basic/charges")["charges"]) == 1


def test_the_same_filter_is_made_once(committing, caller):
    charge = standard_charge(a_metric_with_filters(caller), code="api")
    a_plan(caller, charges=[charge])
    path = "/plans/basic/charges/api/filters"
    answers = at_once(committing, caller.api_key, path, [{"filter": a_filter(region=["eu"])}] * 4)
    assert statuses(answers) == [200, 422, 422, 422]
    assert len(caller.get(path)["filters"]) == 1


def test_different_filters_are_all_kept_each_in_a_place_of_its_own(committing, caller):
    regions = ["eu", "us", "apac", "mars"]
    charge = standard_charge(a_metric_with_filters(caller, region=regions), code="api")
    a_plan(caller, charges=[charge])
    path = "/plans/basic/charges/api/filters"
    bodies = [{"filter": a_filter(region=[region])} for region in regions]
    assert statuses(at_once(committing, caller.api_key, path, bodies)) == [200] * 4
    rows = caller.get(path)["filters"]
    assert sorted(row["values"]["region"][0] for row in rows) == sorted(regions)
    changed = caller.put(f"{path}/{rows[0]['lago_id']}", {"filter": {"properties": {"amount": "9"}}})["filter"]
    assert caller.get(path)["filters"] == [*rows[1:], changed]


def test_a_charge_is_deleted_once(committing, caller):
    a_plan(caller, charges=[standard_charge(a_metric(caller), code="api")])
    answers = at_once(committing, caller.api_key, "/plans/basic/charges/api", [None] * 3, "DELETE")
    assert statuses(answers) == [200, 404, 404]


def test_changes_of_the_charge_and_of_its_plan_leave_one_of_both(committing, caller):
    made = a_plan(caller, charges=[standard_charge(a_metric(caller), code="api")])["charges"][0]
    bodies = [{
        "charge": {"properties": {"amount": "7"}},
        "plan": {"charges": [{"id": made["lago_id"], "properties": {"amount": "8"}}]},
    }] * 2
    answers = [
        *at_once(committing, caller.api_key, "/plans/basic/charges/api", bodies, "PUT"),
        *at_once(committing, caller.api_key, "/plans/basic", bodies, "PUT"),
    ]
    assert statuses(answers) == [200] * 4
    (charge,) = caller.get("/plans/basic")["plan"]["charges"]
    assert charge["properties"] == {"amount": "8"}
