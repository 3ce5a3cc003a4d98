"""Every webhook that is sent: its root key, whose row it is about, and the object with its nested parts (06 §4.4).

To add one is a line here and an `announce()` where it happens; its name must be in `event_types.py`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from marshmallow import Schema

from lago.catalog.models import BillableMetric, Plan
from lago.catalog.schemas import BillableMetricSchema, PlanSchema


class Subject(Protocol):
    """A row that a webhook can be about."""

    id: uuid.UUID
    organization_id: uuid.UUID


@dataclass(frozen=True)
class Message:
    """`object_type` is also the root key; `schema()` renders a row of `model` as it is at the time of sending."""

    object_type: str
    model: type[Any]
    schema: Callable[[], Schema]


def _billable_metric() -> Message:
    return Message("billable_metric", BillableMetric, lambda: BillableMetricSchema(counters=False))


def _plan(place: str) -> Message:
    return Message("plan", Plan, lambda: PlanSchema(place=place))


MESSAGES: dict[str, Message] = {
    "billable_metric.created": _billable_metric(),
    "billable_metric.updated": _billable_metric(),
    "billable_metric.deleted": _billable_metric(),
    "plan.created": _plan("webhook"),
    "plan.updated": _plan("webhook"),
    "plan.deleted": _plan("webhook_deleted"),
}
