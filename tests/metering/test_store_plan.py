"""How PostgreSQL reads the events: only those of the window, by the index."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from lago.core.db import db
from lago.metering.usage import priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.usage import a_metric, store_events, subscribed, utc

IN_WINDOW, OUTSIDE = 50, 3000


@pytest.fixture
def crowded(owner):
    """Many events before, after and beside the few in March 2024."""
    start = utc("2023-01-01T00:00")
    store_events(owner, *({"timestamp": start + timedelta(hours=n % 9000)} for n in range(OUTSIDE)))
    store_events(owner, *({"timestamp": utc("2024-04-01T00:00") + timedelta(hours=n)} for n in range(OUTSIDE)))
    store_events(owner, *({"external_subscription_id": f"s{n}"} for n in range(OUTSIDE)))
    store_events(owner, *({"properties": {"v": n}} for n in range(IN_WINDOW)))
    db.session.execute(text("ANALYZE events"))
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


@pytest.mark.parametrize("aggregation", ["count_agg", "sum_agg", "max_agg", "unique_count_agg"])
def test_no_event_outside_of_the_window_is_read(crowded, aggregation):
    subscription = subscribed(crowded, a_metric(crowded, aggregation=aggregation, field_name="v"))
    windows = current_windows(subscription, utc("2024-03-20T00:00"))
    (plan,) = explained(lambda: priced_usage(subscription, windows))
    read = scans(plan[0]["Plan"])
    assert {scan["Index Name"] for scan in read if "Index Name" in scan} == {"ix_events_usage"}
    assert all(scan["Actual Rows"] <= IN_WINDOW and not scan.get("Rows Removed by Filter") for scan in read)
