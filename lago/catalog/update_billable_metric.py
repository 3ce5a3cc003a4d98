"""Changes of a billable metric (01 §2.3)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.aggregation_types import problems
from lago.catalog.create_billable_metric import assign, check_code
from lago.catalog.flag_drafts import flag_drafts
from lago.catalog.inputs import BillableMetricInput
from lago.catalog.metric_filters import write_metric_filters
from lago.catalog.models import BillableMetric
from lago.catalog.queries import is_attached_to_a_plan
from lago.core.db import unique
from lago.core.errors import Invalid
from lago.core.outbox import announce

ALWAYS_EDITABLE = ("name", "description", "filters")


def update_billable_metric(metric: BillableMetric, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names. Raises Invalid.

    Of a metric attached to a plan only ALWAYS_EDITABLE change; anything else is ignored.
    """
    if is_attached_to_a_plan(metric):
        data = {name: value for name, value in data.items() if name in ALWAYS_EDITABLE}
    values = BillableMetricInput().read(data, partial=True)
    if found := problems(_current_terms(metric) | values):
        raise Invalid(found)
    if values.get("code", metric.code) != metric.code:
        check_code(metric.organization_id, values["code"])
    with unique("uq_billable_metrics_code", "code"):
        assign(metric, values)
    write_metric_filters(metric, values.get("filters"))
    if values.get("filters"):
        flag_drafts(metric)
    announce("billable_metric.updated", metric)


def _current_terms(metric: BillableMetric) -> dict[str, Any]:
    names = ("aggregation_type", "field_name", "recurring", "weighted_interval")
    return {name: getattr(metric, name) for name in names}
