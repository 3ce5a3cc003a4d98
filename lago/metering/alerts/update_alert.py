"""Changes of an alert (03 §8); its type stays."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.core.errors import NotFound
from lago.metering.alerts.inputs import AlertInput, check_metric, check_one_recurs, read_thresholds
from lago.metering.alerts.of_subscription import locked_alerts
from lago.metering.alerts.queries import metric_of, named_metric, named_metrics
from lago.metering.alerts.siblings import check_code, check_figure, threshold_rows
from lago.metering.models import Alert


def update_alert(alert: Alert, data: Mapping[str, Any]) -> None:
    """Changes what `data` names of code, name, metric and thresholds; a list of thresholds replaces all, an empty one
    nothing. The subscription is looked at soon. Raises Invalid, NotFound for an unknown metric or if the alert was
    deleted meanwhile."""
    alerts = locked_alerts(alert.organization_id, str(alert.external_subscription_id))
    if alert not in alerts.alerts:
        raise NotFound("alert")
    sent = data.get("thresholds")
    thresholds = read_thresholds(sent) if sent and isinstance(sent, list) else []
    metric = _metric(alert, data)
    check_metric(alert.alert_type, metric)
    values = AlertInput().read(data, partial=True)
    check_code(alerts.alerts, values.get("code", alert.code), alert)
    check_figure(alerts.alerts, alert.alert_type, metric.id if metric else None, alert)
    check_one_recurs(thresholds)
    for name, value in values.items():
        setattr(alert, name, value)
    alert.billable_metric = metric
    if thresholds:
        alert.thresholds = threshold_rows(alert.organization_id, thresholds)
    db.session.flush()
    alerts.have_looked_at()


def _metric(alert: Alert, data: Mapping[str, Any]) -> BillableMetric | None:
    if "billable_metric_code" not in data:
        return alert.billable_metric
    code = named_metric(data)
    return metric_of(named_metrics(alert.organization_id, [code]), code)
