"""The webhook `event.error`: events that name a wallet which their customer does not have (01 §1.7, §1.9; 05 §1.17)."""

import json

import pytest

from lago.core.db import transaction
from lago.webhooks.tell_missing_wallets import tell_missing_wallets
from tests.builders.contract import webhook_violations
from tests.builders.outbox import waiting
from tests.builders.prepaid import a_wallet
from tests.builders.stories import customer, metric, plan, standard, subscribe
from tests.builders.webhooks import endpoint_at, work

JOB = "webhooks.tell_missing_wallets"


@pytest.fixture
def told(owner, hook):
    """`acme` with a wallet `mine`, calls that may name wallets and jobs that may not; the transactions that were told
    of."""
    calls, jobs = metric(owner, "calls"), metric(owner, "jobs")
    plan(owner, charges=[{**standard(calls, "1"), "accepts_target_wallet": True}, standard(jobs, "1")])
    customer(owner)
    subscribe(owner)
    a_wallet(owner, code="mine")
    endpoint_at(owner, hook.url, event_types=["event.error"])

    def transactions():
        work()
        return [request.json["event_error"]["event"]["transaction_id"] for request in hook.requests]

    return transactions


def event(transaction_id, target=None, code="calls", **fields):
    properties = {} if target is None else {"target_wallet_code": target}
    return {
        "transaction_id": transaction_id, "external_subscription_id": "acme", "code": code, "properties": properties,
        **fields,
    }


def send(owner, *args, **fields):
    return owner.post("/events", {"event": event(*args, **fields)})["event"]


def test_the_message_has_the_form_of_the_contract(owner, hook, told):
    sent = send(owner, "t1", "other")
    told()
    (request,) = hook.requests
    told_of = request.json
    assert webhook_violations(told_of) == []
    details = told_of["event_error"].pop("message")
    assert told_of == {
        "webhook_type": "event.error", "object_type": "event_error", "organization_id": str(owner.organization.id),
        "event_error": {"status": 422, "error": "Unprocessable entity", "event": sent},
    }
    assert json.loads(details) == {"target_wallet_code": ["target_wallet_code_not_found"]}


@pytest.mark.parametrize("target, code, fields, is_told", [
    ("other", "calls", {}, True),
    ("MINE", "calls", {}, True),
    (7, "calls", {}, True),
    ("mine", "calls", {}, False),
    (None, "calls", {}, False),
    (" ", "calls", {}, False),
    ("other", "jobs", {}, False),
    ("other", "nothing", {}, False),
    ("other", "calls", {"external_subscription_id": "nobody"}, False),
    ("other", "calls", {"timestamp": "2001-01-01T00:00:00Z"}, False),
], ids=str)
def test_which_events_are_told_of(owner, told, target, code, fields, is_told):
    send(owner, "t1", target, code, **fields)
    assert told() == (["t1"] if is_told else [])


def test_a_wallet_that_has_ended_is_none(owner, told):
    a_wallet(owner, code="ended", status="terminated")
    send(owner, "t1", "ended")
    assert told() == ["t1"]


def test_an_early_event_on_a_recurring_metric_is_that_of_the_active_subscription(owner, told):
    seats = metric(owner, "seats", "sum_agg", field_name="n", recurring=True)
    plan(owner, "seats", charges=[{**standard(seats, "1"), "accepts_target_wallet": True}])
    subscribe(owner, plan_code="seats", external_id="s")
    send(owner, "t1", "other", "seats", external_subscription_id="s", timestamp="2001-01-01T00:00:00Z")
    assert told() == ["t1"]


def test_a_batch_makes_one_job_for_those_of_its_events_that_are_wrong(owner, told):
    events = [event("t1", "other"), event("t2", "mine"), event("t3", "other"), event("t4")]
    owner.post("/events/batch", {"events": events})
    (job,) = waiting(owner, JOB)
    assert len(job["events"]) == 2
    assert sorted(told()) == ["t1", "t3"]


def test_events_that_name_no_wallet_are_asked_nothing(owner, told, count_queries):
    with count_queries() as statements:
        send(owner, "t1")
    assert not any("accepts_target_wallet" in one for one in statements)


def test_nothing_is_done_where_nobody_is_told(owner, told, hook):
    (endpoint,) = owner.get("/webhook_endpoints")["webhook_endpoints"]
    owner.delete(f"/webhook_endpoints/{endpoint['lago_id']}")
    send(owner, "t1", "other")
    assert waiting(owner, JOB) == []


def test_an_event_is_told_of_once_however_often(owner, told):
    send(owner, "t1", "other")
    (job,) = waiting(owner, JOB)
    assert told() == ["t1"]
    with transaction():
        tell_missing_wallets(owner.organization.id, job["events"])
    assert told() == ["t1"]


def test_an_event_sent_again_is_not_told_of_again(owner, told):
    send(owner, "t1", "other")
    owner.post("/events", {"event": event("t1", "other")}, expect=422)
    assert len(waiting(owner, JOB)) == 1
