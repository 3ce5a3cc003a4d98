"""Filters of metrics and of charges that several clients change at the same time."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.builders.at_once import at_once
from tests.builders.catalog import a_filter, a_metric_with_filters, a_plan, plan_body, standard_charge
from tests.builders.organizations import account


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")


def test_no_charge_is_left_with_a_value_that_is_gone(committing, caller):
    """While the metric loses a value, plans are made that name it: each is refused, or loses it too."""
    for number in range(4):
        code = f"m{number}"
        metric = a_metric_with_filters(caller, code, region=["eu", "us"])
        calls = [("PUT", f"/billable_metrics/{code}", {"billable_metric": {"filters": [
            {"key": "region", "values": ["us"]},
        ]}})]
        for one in range(3):
            charge = standard_charge(metric, filters=[a_filter(region=["eu", "us"])])
            calls.append(("POST", "/plans", {"plan": plan_body(f"{code}-{one}", charges=[charge])}))
        statuses = _all_at_once(committing, caller, calls)
        assert statuses[0] == 200 and set(statuses[1:]) <= {200, 422}
        for one, status in enumerate(statuses[1:]):
            if status == 200:
                (shown,) = caller.get(f"/plans/{code}-{one}")["plan"]["charges"][0]["filters"]
                assert shown["values"] == {"region": ["us"]}


def test_a_metric_has_each_key_once(committing, caller):
    metric = a_metric_with_filters(caller, "calls", region=["eu"])
    bodies = [{"billable_metric": {"filters": [{"key": "tier", "values": [f"v{one}"]}]}} for one in range(4)]
    answers = at_once(committing, caller.api_key, f"/billable_metrics/{metric['code']}", bodies, "PUT")
    assert [status for status, _ in answers] == [200] * 4
    (left,) = caller.get("/billable_metrics/calls")["billable_metric"]["filters"]
    assert left["key"] == "tier" and len(left["values"]) == 1


def test_a_metric_that_is_changed_and_deleted_is_gone(committing, caller):
    for number in range(4):
        path = f"/billable_metrics/m{number}"
        metric = a_metric_with_filters(caller, f"m{number}", region=["eu", "us"])
        filters = [a_filter(region=["eu"])]
        plan = a_plan(caller, f"p{number}", charges=[standard_charge(metric, filters=filters)])
        charge = {"id": plan["charges"][0]["lago_id"], "filters": [*filters, a_filter(region=["us"])]}
        change = {"billable_metric": {"name": "new", "filters": [{"key": "region", "values": ["us"]}]}}
        statuses = _all_at_once(committing, caller, [
            ("DELETE", path, None), ("PUT", path, change), ("PUT", path, change),
            ("PUT", f"/plans/p{number}", {"plan": {"charges": [charge]}}),
        ])
        assert statuses[0] == 200 and set(statuses[1:3]) <= {200, 404} and statuses[3] in (200, 404, 422)
        assert caller.get(f"/plans/p{number}")["plan"]["charges"] == []


def _all_at_once(app, caller, calls):
    barrier = Barrier(len(calls))

    def send(call):
        method, path, body = call
        barrier.wait()
        headers = {"Authorization": f"Bearer {caller.api_key}"}
        return app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=headers).status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))
