"""`/billable_metrics` (01 §2.2)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one, payload
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_billable_metric import create_billable_metric
from lago.catalog.delete_billable_metric import delete_billable_metric
from lago.catalog.evaluate_expression import evaluate_expression
from lago.catalog.models import BillableMetric
from lago.catalog.schemas import BillableMetricSchema
from lago.catalog.update_billable_metric import update_billable_metric


@endpoint("GET", "/billable_metrics", permission="billable_metric")
def list_() -> dict[str, Any]:
    return many("billable_metrics", BillableMetricSchema(), queries.billable_metrics(current_organization().id))


@endpoint("POST", "/billable_metrics", permission="billable_metric")
def create_() -> dict[str, Any]:
    metric = create_billable_metric(current_organization().id, body("billable_metric"))
    return one("billable_metric", BillableMetricSchema(), metric)


@endpoint("POST", "/billable_metrics/evaluate_expression", permission="billable_metric")
def evaluate_() -> dict[str, Any]:
    return {"expression_result": {"value": evaluate_expression(payload())}}


@endpoint("GET", "/billable_metrics/<code:code>", permission="billable_metric")
def show_(code: str) -> dict[str, Any]:
    return one("billable_metric", BillableMetricSchema(counters=False), _metric(code))


@endpoint("PUT PATCH", "/billable_metrics/<code:code>", permission="billable_metric")
def update_(code: str) -> dict[str, Any]:
    metric = _metric(code)
    update_billable_metric(metric, body("billable_metric"))
    return one("billable_metric", BillableMetricSchema(), metric)


@endpoint("DELETE", "/billable_metrics/<code:code>", permission="billable_metric")
def delete_(code: str) -> dict[str, Any]:
    metric = _metric(code)
    delete_billable_metric(metric)
    return one("billable_metric", BillableMetricSchema(), metric)


def _metric(code: str) -> BillableMetric:
    return found(queries.billable_metric_by_code(current_organization().id, code), "billable_metric")
