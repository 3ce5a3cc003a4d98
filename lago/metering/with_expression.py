"""The property of an event that the expression of its metric computes (01 §1.5, §2.5)."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import Row, text

from lago.catalog.expressions import EvaluationFailed, ExpressionEvent, evaluate, parse, result_text
from lago.core.db import db
from lago.core.errors import Invalid
from lago.metering.new_event import EPOCH, SECOND, NewEvent

_FAILED = "expression_evaluation_failed"

_EXPRESSIONS = text("""
    SELECT code, expression, field_name FROM billable_metrics
    WHERE organization_id = :organization_id AND code = ANY(:codes) AND deleted_at IS NULL AND expression IS NOT NULL
""")


def with_expression(organization_id: uuid.UUID, event: NewEvent) -> NewEvent:
    """The event, with what the expression of its metric computes among its properties.

    Raises Invalid, whose details are a plain text, where there is no result.
    """
    if failures := compute_properties(organization_id, {0: event}):
        raise Invalid(failures[0])
    return event


def compute_properties(organization_id: uuid.UUID, events: Mapping[int, NewEvent]) -> dict[int, str]:
    """Writes what the expressions of their metrics compute into the events. Returns the failures, by position.

    One query, however many events there are.
    """
    found = _expressions(organization_id, {event.code for event in events.values() if event.code})
    failures = {}
    for position, event in events.items():
        if event.code in found:
            try:
                _compute(event, found[event.code])
            except EvaluationFailed as error:
                failures[position] = f"{_FAILED}: {error}"
    return failures


def _expressions(organization_id: uuid.UUID, codes: Iterable[str]) -> dict[str, Row[str, str, str | None]]:
    """Expression and field name by code, of the metrics that have an expression."""
    wanted = list(codes)
    if not wanted:
        return {}
    rows = db.session.execute(_EXPRESSIONS, {"organization_id": organization_id, "codes": wanted})
    return {row.code: row for row in rows}


def _compute(event: NewEvent, metric: Row[str, str, str | None]) -> None:
    """What was sent under that name is overwritten; a metric that counts has no name to write under."""
    seconds = (event.timestamp - EPOCH) // SECOND
    value = evaluate(parse(metric.expression), ExpressionEvent(event.code, seconds, event.properties))
    if metric.field_name:
        event.properties = {**event.properties, metric.field_name: result_text(value)}
