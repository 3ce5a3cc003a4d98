"""The expression of a metric, tried on an event that is only typed (01 §2.5)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.billable_metric_form import one_line
from lago.admin.pages import asked_for, current_organization, found, page, show, text
from lago.catalog.browse import find_metric
from lago.catalog.evaluate_expression import evaluate_expression
from lago.catalog.models import BillableMetric
from lago.core import clock
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.metering.browse import EventFilter, newest_events
from lago.metering.new_event import read_timestamp

FIELDS = ("expression", "field_name", "sample_code", "sample_timestamp", "sample_properties")
SAMPLE = '{"seconds": "90", "replicas": 2}'


@dataclass(frozen=True)
class Trial:
    """An expression and an event as they are typed, and what comes of them: a value, or why there is none.

    `errors`: as those of a form, by the field that is wrong.
    """

    texts: Mapping[str, str]
    value: str | None = None
    reason: str = ""
    errors: Mapping[str, list[str]] | None = None


@page("GET POST", "/billable_metrics/expression", needs="billable_metrics:view")
def expression() -> str:
    trial = tried(typed_sample()) if request.method == "POST" else trial_of(asked_metric())
    if asked_for("expression-result"):
        return show("billable_metrics/_result.html", "billable_metrics/_result.html", trial=trial)
    return show("billable_metrics/expression.html", trial=trial)


def asked_metric() -> BillableMetric | None:
    """The metric whose id the URL names."""
    identifier = text("metric")
    return found(find_metric(current_organization().id, as_uuid(identifier)), "billable_metric") if identifier else None


def trial_of(metric: BillableMetric | None) -> Trial:
    """The metric's expression, tried on the newest event of its code if there is one."""
    if metric is None:
        return tried({**dict.fromkeys(FIELDS, ""), "sample_properties": SAMPLE})
    return tried({
        "expression": metric.expression or "",
        "field_name": metric.field_name or "",
        "sample_code": metric.code,
        "sample_timestamp": "",
        "sample_properties": sample_properties(metric),
    })


def sample_properties(metric: BillableMetric) -> str:
    """What the newest event of the metric was sent with: its properties but the one that the expression made."""
    newest = newest_events(metric.organization_id, EventFilter(code=metric.code))
    if not newest:
        return SAMPLE
    sent = {name: value for name, value in newest[0].properties.items() if name != metric.field_name}
    return json.dumps(sent, indent=2, ensure_ascii=False)


def typed_sample() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\0", "").replace("\r\n", "\n") for name in FIELDS}


def tried(texts: Mapping[str, str]) -> Trial:
    """What the expression gives for the event; nothing at all as long as there is no expression."""
    if not texts["expression"].strip():
        return Trial(texts)
    try:
        return Trial(texts, value=evaluate_expression({
            "expression": one_line(texts["expression"].strip()),
            "event": {
                "code": texts["sample_code"],
                "timestamp": read_seconds(texts["sample_timestamp"]),
                "properties": read_properties(texts["sample_properties"]),
            },
        }))
    except Invalid as error:
        return Trial(texts, reason=str(error.__cause__ or ""), errors=error.details)


def read_seconds(typed: str) -> int:
    """Any timestamp that an event may have. Raises Invalid."""
    try:
        return math.floor(read_timestamp(typed.strip() or None, clock.now()).timestamp())
    except Invalid as error:
        raise Invalid({"sample_timestamp": error.details["timestamp"]}) from None


def read_properties(typed: str) -> dict[str, Any]:
    """The JSON object that is typed; nothing is an empty one. Raises Invalid, caused by what is wrong with it."""
    try:
        properties = json.loads(typed or "{}")
    except (ValueError, RecursionError) as error:
        raise Invalid({"sample_properties": ["invalid_json"]}) from error
    if not isinstance(properties, dict):
        raise Invalid({"sample_properties": ["must_be_object"]})
    return properties
