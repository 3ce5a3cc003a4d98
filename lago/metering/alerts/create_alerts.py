"""New alerts of a subscription (03 §8)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.metering.alerts.inputs import AlertInput, check_metric, check_one_recurs, read_thresholds, read_type
from lago.metering.alerts.of_subscription import AlertsOfSubscription, locked_alerts
from lago.metering.alerts.queries import metric_of, named_metric, named_metrics
from lago.metering.alerts.siblings import check_code, check_figure, made_of_each, threshold_rows
from lago.metering.alerts.types import OF_SUBSCRIPTIONS
from lago.metering.models import Alert


def create_alert(organization_id: uuid.UUID, external_subscription_id: str, data: Mapping[str, Any]) -> Alert:
    """An alert of a subscription, which is looked at soon. `data` is the client's object.

    Raises Invalid, NotFound for an unknown metric.
    """
    metrics = named_metrics(organization_id, [named_metric(data)])
    alerts = locked_alerts(organization_id, external_subscription_id)
    alert = _add(alerts, data, metrics)
    db.session.flush()
    alerts.have_looked_at()
    return alert


def create_alerts(
    organization_id: uuid.UUID, external_subscription_id: str, sent: Sequence[Any]
) -> list[Alert]:
    """Several at once, or none. Raises Invalid with what was sent and its errors by its position, from "0"."""
    metrics = named_metrics(organization_id, [named_metric(row) for row in sent if isinstance(row, dict)])
    alerts = locked_alerts(organization_id, external_subscription_id)
    made = made_of_each(sent, lambda row: _add(alerts, row, metrics))
    db.session.flush()
    alerts.have_looked_at()
    return made


def _add(alerts: AlertsOfSubscription, data: Mapping[str, Any], metrics: Mapping[str, BillableMetric]) -> Alert:
    alert_type = read_type(data, OF_SUBSCRIPTIONS)
    thresholds = read_thresholds(data.get("thresholds"))
    metric = metric_of(metrics, named_metric(data))
    check_metric(alert_type, metric)
    values = AlertInput().read(data)
    check_code(alerts.alerts, values["code"])
    check_figure(alerts.alerts, alert_type, metric.id if metric else None)
    check_one_recurs(thresholds)
    alert = Alert(
        organization_id=alerts.organization_id, external_subscription_id=alerts.external_id, alert_type=alert_type,
        code=values["code"], name=values.get("name"), billable_metric_id=metric.id if metric else None,
        billable_metric=metric, direction=OF_SUBSCRIPTIONS.direction,
        thresholds=threshold_rows(alerts.organization_id, thresholds),
    )
    db.session.add(alert)
    alerts.alerts.append(alert)
    return alert
