"""The property of an event that the expression of its metric computes (01 §1.5, §2.5)."""

from collections.abc import Mapping

from lago.catalog.expressions import EvaluationFailed, ExpressionEvent, evaluate, parse, result_text
from lago.core.errors import Invalid
from lago.metering.metrics_of_events import MetricOfEvents, MetricsByCode
from lago.metering.new_event import EPOCH, SECOND, NewEvent

_FAILED = "expression_evaluation_failed"


def with_expression(metrics: MetricsByCode, event: NewEvent) -> NewEvent:
    """The event, with what the expression of its metric computes among its properties.

    Raises Invalid, whose details are a plain text, where there is no result.
    """
    if failures := compute_properties(metrics, {0: event}):
        raise Invalid(failures[0])
    return event


def compute_properties(metrics: MetricsByCode, events: Mapping[int, NewEvent]) -> dict[int, str]:
    """Writes what the expressions of their metrics compute into the events. Returns the failures, by position."""
    failures = {}
    for position, event in events.items():
        metric = metrics.get(event.code)
        if metric and metric.expression:
            try:
                _compute(event, metric.expression, metric)
            except EvaluationFailed as error:
                failures[position] = f"{_FAILED}: {error}"
    return failures


def _compute(event: NewEvent, expression: str, metric: MetricOfEvents) -> None:
    """What was sent under that name is overwritten; a metric that counts has no name to write under."""
    seconds = (event.timestamp - EPOCH) // SECOND
    value = evaluate(parse(expression), ExpressionEvent(event.code, seconds, event.properties))
    if metric.field_name:
        event.properties = {**event.properties, metric.field_name: result_text(value)}
