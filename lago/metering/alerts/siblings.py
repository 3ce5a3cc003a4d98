"""The alerts on one thing, locked: what a new or changed one is held against (03 §8)."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lago.core.errors import Invalid, NotFound
from lago.core.fields import ALREADY_EXISTS
from lago.metering.models import Alert, AlertThreshold
from lago.pricing.alerts import Threshold


def check_code(alerts: Sequence[Alert], code: str, alert: Alert | None = None) -> None:
    """Raises Invalid if another one of the alerts has that code."""
    if any(other.code == code for other in alerts if other is not alert):
        raise Invalid({"code": [ALREADY_EXISTS]})


def check_figure(
    alerts: Sequence[Alert], alert_type: str, metric_id: uuid.UUID | None = None, alert: Alert | None = None
) -> None:
    """Raises Invalid if another one of the alerts watches the same figure."""
    figures = {(other.alert_type, other.billable_metric_id) for other in alerts if other is not alert}
    if (alert_type, metric_id) in figures:
        raise Invalid({"base": ["alert_already_exists"]})


def threshold_rows(organization_id: uuid.UUID, thresholds: Sequence[Threshold]) -> list[AlertThreshold]:
    """The thresholds as they are kept."""
    return [
        AlertThreshold(organization_id=organization_id, code=one.code, value=one.value, recurring=one.recurring)
        for one in thresholds
    ]


def made_of_each(sent: Sequence[Any], make: Callable[[Mapping[str, Any]], Alert]) -> list[Alert]:
    """An alert of each object of a client's list, or none at all.

    Raises Invalid with what was sent and its errors by its position, from "0".
    """
    made, errors = [], {}
    for position, row in enumerate(sent):
        try:
            made.append(make(row if isinstance(row, dict) else {}))
        except Invalid as error:
            errors[str(position)] = {"params": row, "errors": error.details}
        except NotFound as error:
            errors[str(position)] = {"params": row, "errors": error.code}
    if errors:
        raise Invalid(errors)
    return made
