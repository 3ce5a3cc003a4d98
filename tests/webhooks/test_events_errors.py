"""The webhook `events.errors`: by the hour, under real time and under a sandbox clock (01 §1.9, 06 §7)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, transaction
from lago.metering.event_errors import HOUR, clock_hour
from lago.metering.models import EventErrorReport
from lago.scheduler import find_due_work, look_for_event_errors
from tests.builders.catalog import a_sum_metric
from tests.builders.contract import webhook_violations
from tests.builders.events import event_body
from tests.builders.usage import store_events, utc
from tests.builders.webhooks import endpoint_at, work


@pytest.fixture
def watched(sandbox, hook):
    """A sandbox at 10:20 with an endpoint and a metric that adds up `gb`."""
    sandbox.at("2024-03-05T10:20:00Z")
    a_sum_metric(sandbox)
    endpoint_at(sandbox, hook.url, event_types=["events.errors"])
    return sandbox


def send(account, transaction_id, code="nowhere", **properties):
    account.post("/events", event_body(transaction_id=transaction_id, code=code, properties=properties))


def told(hook):
    """The lists that are not empty, of each message."""
    return [
        {name: ids for name, ids in request.json["events_errors"].items() if ids} for request in hook.requests
    ]


def test_the_message_has_the_form_of_the_contract(watched, hook):
    send(watched, "t1")
    send(watched, "t2", "storage", gb="much")
    send(watched, "t3", "storage", gb="1")
    watched.at("2024-03-05T12:00:00Z")
    (request,) = hook.requests
    assert request.json == {
        "webhook_type": "events.errors", "object_type": "events_errors",
        "organization_id": str(watched.organization.id),
        "events_errors": {
            "invalid_code": ["t1"], "missing_aggregation_property": ["t2"], "missing_group_key": None,
            "invalid_filter_values": [],
        },
    }
    assert webhook_violations(request.json) == []


def test_it_is_sent_when_the_clock_reaches_the_end_of_the_hour(watched, hook):
    send(watched, "t1")
    watched.at("2024-03-05T10:59:59Z")
    send(watched, "t2")
    assert told(hook) == []
    watched.at("2024-03-05T11:00:00Z")
    assert told(hook) == [{"invalid_code": ["t1", "t2"]}]
    watched.at("2024-03-06T00:00:00Z")
    assert len(told(hook)) == 1


def test_it_is_made_as_of_the_end_of_the_hour(watched):
    send(watched, "t1")
    watched.at("2025-01-01T00:00:00Z")
    report = db.session.scalars(select(EventErrorReport)).one()
    assert (report.starts_at.isoformat(), report.created_at - report.starts_at) == ("2024-03-05T10:00:00+00:00", HOUR)


def test_each_hour_has_its_own(watched, hook):
    for hour in (11, 12, 15):
        send(watched, f"t{hour}")
        watched.at(f"2024-03-05T{hour}:30:00Z")
    watched.at("2024-03-06T00:00:00Z")
    assert told(hook) == [{"invalid_code": [f"t{hour}"]} for hour in (11, 12, 15)]


def test_no_empty_hour_is_gone_through(watched, count_queries):
    costs = []
    for target in ("2024-03-05T11:10:00Z", "2024-03-05T12:10:00Z", "2034-03-05T12:10:00Z"):
        send(watched, target)
        with count_queries() as statements:
            watched.at(target)
        costs.append(len(statements))
    assert costs[1] == costs[2]


def test_a_clock_is_not_given_back_while_an_hour_has_to_be_told(watched):
    watched.delete("/test_clock")
    watched.at("2024-03-05T10:20:00Z")
    send(watched, "t1")
    assert watched.refused("DELETE", "/test_clock") == {"now": ["work_is_due_in_the_past"]}
    watched.at("2024-03-05T11:00:00Z")
    watched.delete("/test_clock")


def test_what_came_before_the_clock_was_moved_back_is_told_all_the_same(sandbox, hook):
    endpoint_at(sandbox, hook.url, event_types=["events.errors"])
    send(sandbox, "real")
    sandbox.at("2024-03-05T10:20:00Z")
    send(sandbox, "t1")
    sandbox.at("2024-03-05T10:30:00Z")
    assert told(hook) == [{"invalid_code": ["real"]}]
    sandbox.at("2024-03-05T11:00:00Z")
    assert told(hook)[1:] == [{"invalid_code": ["t1"]}]


@pytest.mark.parametrize("minutes", [0, 5, 20, 59, 60, 65, 115, 119, 120, 121, 180, 1500])
def test_wherever_the_clock_stands_what_is_stored_is_told_once(watched, hook, minutes):
    """Also what was stored before the clock stood there: it may have been moved back."""
    with transaction():
        created_at = utc("2024-03-05T10:00") + timedelta(minutes=minutes)
        store_events(watched, {"transaction_id": "t1", "code": "nowhere", "created_at": created_at})
    send(watched, "t2")
    for moment in ("10:21", "11:00", "12:30", "23:59"):
        watched.at(f"2024-03-05T{moment}:00Z")
    watched.at("2024-03-08T00:00:00Z")
    assert sorted(one for lists in told(hook) for one in lists["invalid_code"]) == ["t1", "t2"]


def test_under_real_time_the_scheduler_has_it_sent(owner, hook):
    endpoint_at(owner, hook.url)
    now = clock.real_now()
    over = clock_hour(now - timedelta(minutes=5))
    with transaction():
        rows = [(over - timedelta(minutes=90), "t1"), (over - timedelta(minutes=1), "t2"), (now, "t3")]
        store_events(owner, *(
            {"transaction_id": one, "code": "nowhere", "created_at": created_at} for created_at, one in rows
        ))
    for _ in range(2):
        look_for_event_errors()
        look_for_event_errors()
        work()
    assert told(hook) == [{"invalid_code": ["t1"]}, {"invalid_code": ["t2"]}]


def test_under_real_time_no_work_falls_due_for_it(owner):
    send(owner, "t1")
    with transaction():
        find_due_work()
    assert not db.session.execute(select(EventErrorReport)).all()
