"""Alerts as clients write them, checked in the order of 03 §8: what is wrong first is told."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lago.catalog.models import BillableMetric
from lago.core.errors import Invalid
from lago.core.fields import INVALID, LONGEST_CODE, MANDATORY, Filled, Flag, Text, exact
from lago.core.schemas import InputSchema
from lago.metering.alerts.types import OF_METRICS, Family
from lago.pricing.alerts import Threshold

MOST_THRESHOLDS = 20
_VALUE = "thresholds:value"
_LARGEST = Decimal(10**30)
_MOST_PLACES = 15


class AlertInput(InputSchema):
    """What of an alert is a plain text."""

    code = Filled(required=True, most=LONGEST_CODE)
    name = Text(allow_none=True)


def read_type(data: Mapping[str, Any], family: Family) -> str:
    """The type of a new alert. Raises Invalid."""
    sent = data.get("alert_type")
    if sent is None or not str(sent).strip():
        raise Invalid({"alert_type": [MANDATORY, INVALID]})
    if sent not in family.types:
        raise Invalid({"alert_type": ["invalid_type"]})
    return str(sent)


def read_thresholds(sent: Any) -> list[Threshold]:
    """The thresholds of the client's list, in its order. Raises Invalid, also if there are none."""
    if not sent or not isinstance(sent, list):
        raise Invalid({"thresholds": [MANDATORY]})
    if len(sent) > MOST_THRESHOLDS:
        raise Invalid({"thresholds": ["too_many_thresholds"]})
    rows = [row if isinstance(row, dict) else {} for row in sent]
    recurring = [_recurring(row) for row in rows]
    _check_values_differ(rows, recurring)
    return [
        Threshold(_value(row, again), again, _code(row)) for row, again in zip(rows, recurring, strict=True)
    ]


def check_metric(alert_type: str, metric: BillableMetric | None) -> None:
    """Raises Invalid where a type of metrics has none, or another one has one."""
    if alert_type in OF_METRICS and metric is None:
        raise Invalid({"billable_metric": [MANDATORY]})
    if alert_type not in OF_METRICS and metric is not None:
        raise Invalid({"billable_metric": ["value_must_be_blank"]})


def check_one_recurs(thresholds: Sequence[Threshold]) -> None:
    """Raises Invalid if two thresholds recur: as the second alert that they would be."""
    if sum(one.recurring for one in thresholds) > 1:
        raise Invalid({"base": ["alert_already_exists"]})


def _check_values_differ(rows: Sequence[Mapping[str, Any]], recurring: Sequence[bool]) -> None:
    """Raises Invalid where a value is there twice, once only or recurring both times; numbers count, not texts."""
    pairs = [(_comparable(row.get("value")), again) for row, again in zip(rows, recurring, strict=True)]
    if len(set(pairs)) < len(pairs):
        raise Invalid({"thresholds": ["duplicate_threshold_values"]})


def _comparable(value: Any) -> Any:
    number = exact(value)
    return repr(value) if number is None else number


def _recurring(row: Mapping[str, Any]) -> bool:
    sent = row.get("recurring")
    word = "false" if sent is None else str(sent).lower()
    if word not in Flag.WORDS:
        raise Invalid({"thresholds:recurring": [INVALID]})
    return Flag.WORDS[word]


def _value(row: Mapping[str, Any], recurring: bool) -> Decimal:
    sent = row.get("value")
    if sent is None or sent == "":
        raise Invalid({_VALUE: [MANDATORY]})
    number = exact(sent)
    if number is None or abs(number) > _LARGEST or int(number.as_tuple().exponent) < -_MOST_PLACES:
        raise Invalid({_VALUE: [INVALID]})
    if recurring and number <= 0:
        raise Invalid({_VALUE: ["recurring_value_is_negative"]})
    return number


def _code(row: Mapping[str, Any]) -> str | None:
    sent = row.get("code")
    return str(sent) if isinstance(sent, str | int | float) else None
