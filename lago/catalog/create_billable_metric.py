"""A new billable metric (01 §2.1)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.aggregation_types import AGGREGATION_TYPES
from lago.catalog.inputs import BillableMetricInput
from lago.catalog.metric_filters import write_metric_filters
from lago.catalog.models import BillableMetric
from lago.catalog.queries import billable_metric_by_code
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import announce


def create_billable_metric(organization_id: uuid.UUID, data: Mapping[str, Any]) -> BillableMetric:
    """A metric of the organization. `data` is the client's object. Raises Invalid."""
    values = BillableMetricInput().read(data)
    check_code(organization_id, values["code"])
    metric = BillableMetric(organization_id=organization_id)
    assign(metric, values)
    with unique("uq_billable_metrics_code", "code"):
        db.session.add(metric)
    write_metric_filters(metric, values.get("filters"))
    announce("billable_metric.created", metric)
    return metric


def assign(metric: BillableMetric, values: dict[str, Any]) -> None:
    """Sets what `values` name."""
    for name in values.keys() - {"filters"}:
        setattr(metric, name, values[name])
    if not AGGREGATION_TYPES[metric.aggregation_type].needs_field:
        metric.field_name = None


def check_code(organization_id: uuid.UUID, code: str) -> None:
    """Raises Invalid if another metric has the code."""
    if billable_metric_by_code(organization_id, code):
        raise Invalid({"code": [ALREADY_EXISTS]})
