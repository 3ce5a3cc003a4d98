"""What is wrong with the events of an hour is told once, when the hour is over (01 §1.9)."""

import json
from datetime import UTC

import pytest
from sqlalchemy import select, text

from lago.catalog.models import BillableMetricFilter
from lago.core import clock, config
from lago.core.db import db, transaction
from lago.metering import event_errors
from lago.metering.event_errors import report_event_errors
from lago.metering.models import EventCheck, EventErrorReport
from tests.builders.outbox import announced
from tests.builders.usage import a_metric, store_events, utc
from tests.builders.webhooks import endpoint_at

NOTHING = {
    "invalid_code": [], "missing_aggregation_property": [], "missing_group_key": None, "invalid_filter_values": [],
}


@pytest.fixture
def watched(owner):
    """Someone with a webhook endpoint, whose events are looked through from now on."""
    endpoint_at(owner, "http://127.0.0.1:9/hook")
    return owner


def came(account, at, *transaction_ids, **fields):
    """Stores events that were received at that time of 5 March 2024."""
    created_at = utc(f"2024-03-05T{at}")
    store_events(account, *({"transaction_id": one, "created_at": created_at, **fields} for one in transaction_ids))


def look(at="11:05", day="2024-03-05"):
    with transaction(), clock.at(utc(f"{day}T{at}")):
        report_event_errors()


def reports(account):
    """The reports by the hour that they are about."""
    query = select(EventErrorReport).where(EventErrorReport.organization_id == account.organization.id)
    rows = db.session.scalars(query.order_by(EventErrorReport.starts_at).execution_options(populate_existing=True))
    return {_hour(row): {name: ids for name, ids in row.payload.items() if ids} for row in rows}


def _hour(report):
    return report.starts_at.astimezone(UTC).strftime("%H:%M")


def test_an_unknown_code_is_reported(watched):
    a_metric(watched)
    came(watched, "10:00", "t1", "t2", code="nowhere")
    came(watched, "10:59:59.999999", "t3", code="nowhere")
    came(watched, "10:30", "fine")
    look()
    assert reports(watched) == {"10:00": {"invalid_code": ["t1", "t2", "t3"]}}


def test_a_report_has_every_list(watched):
    came(watched, "10:30", "t1", code="nowhere")
    look()
    report = db.session.scalars(select(EventErrorReport)).one()
    assert report.payload == NOTHING | {"invalid_code": ["t1"]}
    assert (report.starts_at, announced(watched)) == (utc("2024-03-05T10:00"), ["events.errors"])


def test_the_code_of_a_metric_that_was_deleted_is_no_error(watched):
    a_metric(watched, deleted_at=utc("2024-01-01T00:00"))
    a_metric(watched, "storage", "sum_agg", field_name="v", deleted_at=utc("2024-01-01T00:00"))
    came(watched, "10:30", "t1")
    came(watched, "10:30", "t2", code="storage")
    look()
    assert reports(watched) == {}


NUMBERS = [10, "10", "10.50", "007", -4, 1e3, 2.5]
NO_NUMBERS = [None, "", "abc", "1e3", "+5", ".5", "5.", " 5", "1,000", "5\n", True, [], {}, "9" * 501]


@pytest.mark.parametrize("aggregation", ["sum_agg", "max_agg", "weighted_sum_agg", "latest_agg"])
def test_what_is_no_number_is_reported_where_numbers_are_aggregated(watched, aggregation):
    a_metric(watched, aggregation=aggregation, field_name="v")
    for n, value in enumerate(NUMBERS + NO_NUMBERS):
        came(watched, "10:30", f"t{n}", properties={"v": value})
    came(watched, "10:30", "absent", properties={"w": 1})
    look()
    wrong = [f"t{n}" for n in range(len(NUMBERS), len(NUMBERS + NO_NUMBERS))]
    assert reports(watched) == {"10:00": {"missing_aggregation_property": [*wrong, "absent"]}}


@pytest.mark.parametrize("aggregation, expected", [
    ("unique_count_agg", {"10:00": {"missing_aggregation_property": ["null", "absent"]}}), ("count_agg", {}),
])
def test_other_aggregations_take_any_value(watched, aggregation, expected):
    a_metric(watched, aggregation=aggregation, field_name=None if aggregation == "count_agg" else "v")
    for n, value in enumerate(("abc", "", 7, False, [1])):
        came(watched, "10:30", f"t{n}", properties={"v": value})
    came(watched, "10:30", "null", properties={"v": None})
    came(watched, "10:30", "absent")
    look()
    assert reports(watched) == expected


def filtered(metric, key, *values, **fields):
    db.session.add(
        BillableMetricFilter(
            organization_id=metric.organization_id, billable_metric_id=metric.id, key=key, values=list(values), **fields
        )
    )
    db.session.flush()


def test_a_value_that_no_filter_lists_is_reported(watched):
    metric = a_metric(watched)
    filtered(metric, "region", "eu", "us")
    filtered(metric, "tier", "1", "true")
    filtered(metric, "zone", "a", deleted_at=utc("2024-01-01T00:00"))
    right = ({}, {"region": None}, {"region": "eu", "tier": "1"}, {"tier": 1}, {"tier": True}, {"zone": "z"})
    wrong = ({"region": "mars"}, {"region": "EU"}, {"region": "eu", "tier": 2}, {"tier": ""}, {"region": ["eu"]})
    for n, properties in enumerate((*right, *wrong)):
        came(watched, "10:30", f"t{n}", properties=properties)
    look()
    expected = [f"t{n}" for n in range(len(right), len(right + wrong))]
    assert reports(watched) == {"10:00": {"invalid_filter_values": expected}}


def test_an_event_may_have_two_errors_and_a_transaction_is_named_once(watched):
    filtered(a_metric(watched, aggregation="sum_agg", field_name="v"), "region", "eu")
    for subscription in ("acme", "other", None, None):
        came(watched, "10:30", "t1", external_subscription_id=subscription, properties={"region": "mars"})
    look()
    assert reports(watched) == {
        "10:00": {"missing_aggregation_property": ["t1"], "invalid_filter_values": ["t1"]}
    }


def test_an_hour_without_errors_is_not_told(watched):
    a_metric(watched)
    came(watched, "10:30", "t1")
    look()
    assert (reports(watched), announced(watched)) == ({}, [])


def test_the_hour_that_is_running_waits(watched):
    came(watched, "10:59", "t1", code="nowhere")
    came(watched, "11:00", "t2", code="nowhere")
    for at in ("10:00", "10:59:59"):
        look(at)
        assert reports(watched) == {}
    look("11:05")
    assert reports(watched) == {"10:00": {"invalid_code": ["t1"]}}
    came(watched, "11:10", "t3", code="nowhere")
    look("12:05")
    assert reports(watched) == {"10:00": {"invalid_code": ["t1"]}, "11:00": {"invalid_code": ["t2", "t3"]}}


def test_nothing_is_told_twice(watched):
    came(watched, "10:30", "t1", code="nowhere")
    for at in ("11:05", "11:05", "11:50", "12:05"):
        look(at)
    assert announced(watched) == ["events.errors"]


def test_numbers_that_are_not_in_the_order_of_the_times_change_nothing(watched):
    came(watched, "11:00:00.1", "next", code="nowhere")
    came(watched, "10:59:59.9", "last", code="nowhere")
    for at in ("11:05", "12:05", "13:05"):
        look(at)
    assert reports(watched) == {"10:00": {"invalid_code": ["last"]}, "11:00": {"invalid_code": ["next"]}}
    assert announced(watched) == ["events.errors"] * 2


def test_after_an_outage_each_hour_is_told_by_itself(watched):
    look("07:05")
    for hour in ("07", "09", "10"):
        came(watched, f"{hour}:30", f"t{hour}", code="nowhere")
    look("11:05")
    assert reports(watched) == {f"{hour}:00": {"invalid_code": [f"t{hour}"]} for hour in ("07", "09", "10")}
    assert len(announced(watched)) == 3


def test_without_an_endpoint_nothing_is_told_and_nothing_is_left_over(owner):
    came(owner, "09:30", "t1", code="nowhere")
    look("10:05")
    endpoint_at(owner, "http://127.0.0.1:9/hook")
    came(owner, "10:30", "t2", code="nowhere")
    look("11:05")
    assert reports(owner) == {"10:00": {"invalid_code": ["t2"]}}


def test_organizations_do_not_know_of_each_other(watched, outsider):
    endpoint_at(outsider, "http://127.0.0.1:9/other")
    a_metric(outsider, "theirs")
    came(watched, "10:30", "mine", code="theirs")
    came(outsider, "10:30", "fine", code="theirs")
    came(outsider, "10:31", "t1", code="nowhere")
    look()
    assert reports(watched) == {"10:00": {"invalid_code": ["mine"]}}
    assert reports(outsider) == {"10:00": {"invalid_code": ["t1"]}}


def test_a_list_has_an_end(watched, monkeypatch):
    monkeypatch.setattr(event_errors, "MOST_NAMED", 2)
    came(watched, "10:30", "t3", "t1", "t2", code="nowhere")
    look()
    assert reports(watched) == {"10:00": {"invalid_code": ["t3", "t1"]}}


def test_old_reports_are_forgotten(watched):
    came(watched, "10:30", "t1", code="nowhere")
    look()
    look("10:59", day="2024-06-03")
    assert len(reports(watched)) == 1
    look("11:05", day="2024-06-03")
    assert reports(watched) == {}


def test_an_installation_may_do_without(watched, monkeypatch):
    monkeypatch.setitem(vars(config.settings()), "disable_events_validation", True)
    came(watched, "10:30", "t1", code="nowhere")
    look()
    monkeypatch.undo()
    look("12:05")
    assert reports(watched) == {}


def test_a_sandbox_whose_clock_stands_is_left_alone(sandbox):
    sandbox.at("2024-03-05T10:30:00Z")
    endpoint_at(sandbox, "http://127.0.0.1:9/hook")
    came(sandbox, "10:30", "t1", code="nowhere")
    look()
    assert reports(sandbox) == {}


@pytest.mark.parametrize("number", [2, 200])
def test_the_statements_are_few_whatever_the_number_of_events(watched, outsider, count_queries, number):
    for account in (watched, outsider):
        came(account, "10:30", *(f"t{n}" for n in range(number)), code="nowhere")
    with count_queries() as statements:
        look()
    assert len(statements) == 7, statements  # one of them for the outbox


def test_what_was_looked_at_is_not_read_again(watched):
    came(watched, "09:30", *(f"old{n}" for n in range(3000)))
    look("10:05")
    came(watched, "10:30", *(f"new{n}" for n in range(20)))
    db.session.execute(text("ANALYZE events"))
    read = [scan["Actual Rows"] for plan in explained(look) for scan in scans_of_events(plan)]
    assert read and max(read) <= 20


def explained(action):
    """The plans of the statements on events that `action` sends, each explained instead of done."""
    plans = []
    execute = event_errors._execute

    def explain(statement, scope, parameters):
        if "FROM events" in statement:
            plan = execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, scope, parameters).scalar()
            plans.append(plan if isinstance(plan, list) else json.loads(plan))
            return execute("SELECT 1 WHERE false", scope, {})
        return execute(statement, scope, parameters)

    event_errors._execute = explain
    try:
        action()
    finally:
        event_errors._execute = execute
    return [plan[0]["Plan"] for plan in plans]


def scans_of_events(node):
    own = [node] if node.get("Relation Name") == "events" and "Scan" in node["Node Type"] else []
    return own + [scan for child in node.get("Plans", []) for scan in scans_of_events(child)]


def test_what_was_there_before_a_migration_is_left_alone(watched):
    """As the migration leaves it: looked at, through the last number."""
    came(watched, "09:30", "t1", code="nowhere")
    last = db.session.scalar(text("SELECT max(seq) FROM events"))
    through = utc("2024-03-05T09:00")
    db.session.add(
        EventCheck(organization_id=watched.organization.id, checked_through=through, checked_seq=last)
    )
    db.session.flush()
    look("09:59")
    came(watched, "09:59", "t2", code="nowhere")
    look("10:05")
    assert reports(watched) == {"09:00": {"invalid_code": ["t2"]}}


def test_an_hour_of_the_clock_is_one_of_utc(watched):
    db.session.execute(text("SET LOCAL timezone = 'Asia/Kolkata'"))
    came(watched, "10:15", "t1", code="nowhere")
    came(watched, "10:45", "t2", code="nowhere")
    look()
    assert reports(watched) == {"10:00": {"invalid_code": ["t1", "t2"]}}
