"""What is wrong with the events of each clock hour, told to their organization: webhook `events.errors` (01 §1.9).

Found from the data: an hour that nobody looked at in time is looked at later, and each event once. All of it is a few
statements, however many organizations and events there are; they read nothing but the events that came since.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Result, text

from lago.core import clock, config
from lago.core.db import db
from lago.core.outbox import announce
from lago.metering.store.columns import is_number

MOST_NAMED = 10_000
"""Transactions in one list of a report."""

HOUR = timedelta(hours=1)
RUNNING = 2 * HOUR
"""From the last end of an hour on, what may still be added to: a look may come somewhat later than that end."""

_KEPT_FOR = timedelta(days=90)

_UNDER_REAL_TIME = "organizations.clock_now IS NULL AND (checks.checked_through >= :hour) IS NOT TRUE"
_ONE = "organizations.id = :organization_id"

_BEGIN = """
    INSERT INTO event_checks (organization_id, checked_through, checked_seq)
    SELECT organizations.id, '0001-01-01T00:00Z', 0
    FROM organizations LEFT JOIN event_checks AS checks ON checks.organization_id = organizations.id
    WHERE checks.organization_id IS NULL AND {scope}
    ON CONFLICT DO NOTHING
"""

# Whoever looks at an organization's events keeps others from doing so at the same time.
_LOCK = """
    SELECT count(*) FROM (
        SELECT FROM event_checks AS checks JOIN organizations ON organizations.id = checks.organization_id
        WHERE {scope} ORDER BY checks.organization_id FOR UPDATE OF checks
    ) AS locked
"""

# `OFFSET 0`, and no sequential scans: so the events of each organization are entered by their key, whatever the
# planner guesses of how many there are. It cannot know that only the newest are read.
_BY_KEY = "SET LOCAL enable_seqscan = off"

# Of events that came since the last look, those of the hour that is still running wait. Those of the hour that was
# looked at last were there then: numbers are not quite in the order of the times. Any other hour is over, also one
# in the future: the organization's clock was moved back since.
_REPORT = """
    WITH fresh AS (
        SELECT event.*, date_trunc('hour', event.created_at, 'UTC') AS starts_at
        FROM event_checks AS checks JOIN organizations ON organizations.id = checks.organization_id,
        LATERAL (
            SELECT * FROM events
            WHERE events.organization_id = checks.organization_id AND events.seq > checks.checked_seq OFFSET 0
        ) AS event
        WHERE {scope}
            AND NOT (event.created_at >= :hour AND event.created_at < :running_until)
            AND NOT (event.created_at >= checked_through - :one_hour AND event.created_at < checked_through)
            AND EXISTS (SELECT FROM webhook_endpoints WHERE webhook_endpoints.organization_id = organizations.id)
    ), wrong AS (
        SELECT fresh.organization_id, starts_at, rule, transaction_id, min(fresh.seq) AS seq
        FROM fresh
        LEFT JOIN billable_metrics AS metric ON metric.organization_id = fresh.organization_id
            AND metric.code = fresh.code AND metric.deleted_at IS NULL
        LEFT JOIN (
            SELECT DISTINCT organization_id, code FROM billable_metrics
            WHERE organization_id = :organization_id OR CAST(:organization_id AS uuid) IS NULL
        ) AS known ON known.organization_id = fresh.organization_id AND known.code = fresh.code
        CROSS JOIN LATERAL (SELECT properties ->> metric.field_name) AS field (value)
        CROSS JOIN LATERAL (VALUES
            ('invalid_code', known.code IS NULL),
            ('missing_aggregation_property', metric.aggregation_type <> 'count_agg' AND (
                field.value IS NULL OR metric.aggregation_type = ANY(:numeric)
                AND NOT ({is_number})
            )),
            ('invalid_filter_values', EXISTS (
                SELECT FROM billable_metric_filters AS filter
                WHERE filter.billable_metric_id = metric.id AND filter.deleted_at IS NULL
                    AND NOT filter.values ? (properties ->> filter.key)
            ))
        ) AS rules (rule, broken)
        WHERE broken
        GROUP BY 1, 2, 3, 4
    ), named AS (
        SELECT *, row_number() OVER (PARTITION BY organization_id, starts_at, rule ORDER BY seq) AS place FROM wrong
    )
    INSERT INTO event_error_reports (id, organization_id, starts_at, payload, created_at, updated_at)
    SELECT gen_random_uuid(), organization_id, starts_at, jsonb_build_object(
        'invalid_code', {invalid_code},
        'missing_aggregation_property', {missing_aggregation_property},
        'missing_group_key', NULL,
        'invalid_filter_values', {invalid_filter_values}
    ), :now, :now
    FROM named WHERE place <= :most
    GROUP BY organization_id, starts_at
    ORDER BY organization_id, starts_at
    ON CONFLICT (organization_id, starts_at) DO UPDATE SET payload = excluded.payload, updated_at = :now
    RETURNING id, organization_id
"""

_MOVE_ON = """
    UPDATE event_checks AS checks SET checked_through = :hour, checked_seq = coalesce((
        SELECT seq - 1 FROM events
        WHERE events.organization_id = checks.organization_id AND events.seq > checks.checked_seq
            AND created_at >= :hour AND created_at < :running_until
        ORDER BY seq LIMIT 1
    ), (SELECT max(seq) FROM events WHERE events.organization_id = checks.organization_id), 0)
    FROM organizations WHERE organizations.id = checks.organization_id AND {scope}
"""

_FORGET = """
    DELETE FROM event_error_reports AS report USING organizations JOIN event_checks AS checks
        ON checks.organization_id = organizations.id
    WHERE report.organization_id = organizations.id AND report.starts_at < :long_ago AND {scope}
"""

_LISTS = {
    rule: f"coalesce(jsonb_agg(transaction_id ORDER BY place) FILTER (WHERE rule = '{rule}'), '[]')"
    for rule in ("invalid_code", "missing_aggregation_property", "invalid_filter_values")
}

_IS_NUMBER = is_number("field.value")

_NUMERIC = ["sum_agg", "max_agg", "weighted_sum_agg", "latest_agg"]


def report_event_errors(organization_id: uuid.UUID | None = None) -> None:
    """Reports what is wrong with the events of the clock hours that are over now and were not looked at.

    Of all organizations under real time, or of one, whose sandbox clock stands.
    """
    hour = clock_hour(clock.now())
    scope = _ONE if organization_id else _UNDER_REAL_TIME
    parameters = {
        "organization_id": organization_id, "hour": hour, "running_until": hour + RUNNING, "one_hour": HOUR,
        "now": clock.now(), "long_ago": hour - _KEPT_FOR, "most": MOST_NAMED, "numeric": _NUMERIC,
    }
    _execute(_BEGIN, scope, parameters)
    if not _execute(_LOCK, scope, parameters).scalar():
        return
    _execute(_FORGET, scope, parameters)
    _execute(_BY_KEY, scope, {})
    if not config.settings().disable_events_validation:
        for report in _execute(_REPORT, scope, parameters).all():
            announce("events.errors", report)
    _execute(_MOVE_ON, scope, parameters)


def clock_hour(moment: datetime) -> datetime:
    """When the clock hour of the moment began."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _execute(statement: str, scope: str, parameters: dict[str, Any]) -> Result[Any]:
    return db.session.execute(text(statement.format(scope=scope, is_number=_IS_NUMBER, **_LISTS)), parameters)
