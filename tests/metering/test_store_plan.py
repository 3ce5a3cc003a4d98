"""How PostgreSQL reads the events: only those of the window, by the index."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, text

from lago.core.db import db
from lago.metering.store import EventSet, LevelTime, Portion, Question, Read, event_store
from tests.builders.usage import store_events, utc
from tests.metering.random_events import a_window

MARCH = a_window("UTC", "2024-03-01", "2024-03-31")
IN_WINDOW, OUTSIDE = 50, 1000


@pytest.fixture
def crowded(owner):
    """Many events before, after and beside the few in March 2024; the table is read by an index or not at all, as it
    would be were it not so small."""
    start, value = utc("2023-01-01T00:00"), {"v": 1}
    after = utc("2024-04-01T00:00")
    store_events(
        owner, *({"timestamp": start + timedelta(hours=n), "properties": value} for n in range(OUTSIDE))
    )
    store_events(owner, *({"timestamp": after + timedelta(hours=n), "properties": value} for n in range(OUTSIDE)))
    store_events(owner, *({"external_subscription_id": f"s{n}", "properties": value} for n in range(OUTSIDE)))
    store_events(owner, *({"code": f"c{n}", "properties": value} for n in range(OUTSIDE)))
    store_events(owner, *({"properties": {"v": n}} for n in range(IN_WINDOW)))
    db.session.execute(text("ANALYZE events"))
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    return owner


def explained(action):
    """The plans of the statements on events that `action` sends."""
    plans = []

    def explain(conn, cursor, statement, parameters, context, executemany):
        if "FROM events" in statement and not statement.startswith("EXPLAIN"):
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
            plans.append(cursor.fetchone()[0])

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        action()
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    return [plan if isinstance(plan, list) else json.loads(plan) for plan in plans]


def scans(node):
    """The nodes of a plan that read the table or its index."""
    own = [node] if node.get("Relation Name") == "events" or "Index Name" in node else []
    return own + [scan for child in node.get("Plans", []) for scan in scans(child)]


def questions_of(read, starts):
    """One that has all that the kind of read wants to know."""
    events = EventSet("calls", starts, MARCH.ends, "v", ("team",))
    levels = LevelTime(MARCH.floor, MARCH.ends, 31 * 86400, opening=((("red",), Decimal(1)),))
    portions = [Portion(), Portion(first=3), Portion(until=Decimal(10))] if read == Read.NUMBERS else [Portion()]
    return [Question(read, replace(events, group_keys=keys), portion, levels, MARCH.shares)
            for portion in portions for keys in ((), ("team",))]


@pytest.mark.parametrize("read", Read)
@pytest.mark.parametrize("starts, most", [(MARCH.floor, IN_WINDOW), (None, IN_WINDOW + OUTSIDE)])
def test_no_other_events_are_read_than_those_of_the_set(crowded, read, starts, most):
    for question in questions_of(read, starts):
        (plan,) = explained(lambda: event_store().answer(crowded.organization.id, "acme", [question]))  # noqa: B023
        read_by = scans(plan[0]["Plan"])
        assert {scan["Index Name"] for scan in read_by if "Index Name" in scan} == {"ix_events_usage"}
        assert all(
            scan["Actual Rows"] * scan["Actual Loops"] <= most and not scan.get("Rows Removed by Filter")
            for scan in read_by
        )


def test_the_history_before_a_level_is_that_of_the_subscription(crowded):
    events = EventSet("calls", MARCH.floor, MARCH.ends, "v")
    levels = LevelTime(MARCH.floor, MARCH.ends, 31 * 86400, before=replace(events, starts=None, ends=MARCH.floor))
    question = Question(Read.LEVEL, events, levels=levels)
    (plan,) = explained(lambda: event_store().answer(crowded.organization.id, "acme", [question]))
    read_by = scans(plan[0]["Plan"])
    assert {scan["Actual Rows"] for scan in read_by if "Index Name" in scan} == {IN_WINDOW, OUTSIDE}
    assert not any(scan.get("Rows Removed by Filter") for scan in read_by)


def test_the_first_numbers_are_found_without_reading_the_others(crowded):
    events = EventSet("calls", None, MARCH.ends, "v")
    question = Question(Read.NUMBERS, events, Portion(first=3))
    (plan,) = explained(lambda: event_store().answer(crowded.organization.id, "acme", [question]))
    assert all(scan["Actual Rows"] < 10 for scan in scans(plan[0]["Plan"]))
