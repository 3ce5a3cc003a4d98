"""An expression tried on an event that is not stored (01 §2.5)."""

import math
import re
from collections.abc import Mapping
from typing import Any

from lago.catalog.expressions import (
    EvaluationFailed,
    ExpressionEvent,
    InvalidExpression,
    evaluate,
    parse,
    result_text,
)
from lago.catalog.inputs import INVALID_EXPRESSION
from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import MANDATORY

_INVALID_EVENT = {"event": ["invalid_event"]}
_LEADING_INTEGER = re.compile(r"\s*[+-]?[0-9]+")
_LONGEST_INTEGER = 30


def evaluate_expression(data: Mapping[str, Any]) -> str:
    """The result as it would be stored. `data`: `expression` and `event`, as the client sent them.

    Raises Invalid, whose cause says in words what is wrong with the expression or the event.
    """
    text = data.get("expression")
    if isinstance(text, dict | list) or not str(text or "").strip():
        raise Invalid({"expression": [MANDATORY]})
    try:
        parsed = parse(str(text))
    except InvalidExpression as error:
        raise Invalid({"expression": [INVALID_EXPRESSION]}) from error
    try:
        return result_text(evaluate(parsed, _event(data.get("event"))))
    except EvaluationFailed as error:
        raise Invalid(_INVALID_EVENT) from error


def _event(sent: Any) -> ExpressionEvent:
    given = sent if isinstance(sent, dict) else {}
    code, properties = given.get("code"), given.get("properties")
    return ExpressionEvent(
        code="" if code is None or isinstance(code, dict | list) else str(code),
        seconds=_seconds(given.get("timestamp")),
        properties=properties if isinstance(properties, dict) else {},
    )


def _seconds(timestamp: Any) -> int:
    """A number floored; a text's leading integer, 0 if it has none; nothing is now. Raises Invalid."""
    if timestamp is None or isinstance(timestamp, dict | list):
        return math.floor(clock.now().timestamp())
    if isinstance(timestamp, str):
        found = _LEADING_INTEGER.match(timestamp)
        timestamp = found[0] if found else "0"
    if isinstance(timestamp, bool) or len(str(timestamp)) > _LONGEST_INTEGER:
        raise Invalid(_INVALID_EVENT)
    return math.floor(timestamp) if isinstance(timestamp, float) else int(timestamp)
