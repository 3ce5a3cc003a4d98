"""Alerts that go off as the usage of a subscription changes (03 §8)."""

from decimal import Decimal
from typing import Any, cast

from lago.core import clock
from lago.core.db import db
from lago.core.fields import plain
from lago.core.ids import new_id
from lago.core.outbox import announce
from lago.invoicing.alert_values import alert_values
from lago.metering.alerts.of_subscription import locked_alerts
from lago.metering.models import Alert, TriggeredAlert
from lago.metering.usage_totals import PeriodUsage
from lago.pricing.alerts import Direction, Threshold, crossed
from lago.subscriptions.models import Subscription


def evaluate_alerts(subscription: Subscription, usage: PeriodUsage) -> None:
    """Holds the figures of an active subscription, whose current usage this is, against all its alerts; tells of those
    that have crossed thresholds."""
    alerts = locked_alerts(subscription.organization_id, subscription.external_id).alerts
    values = alert_values(subscription, usage, alerts)
    for alert in sorted(alerts, key=lambda one: one.seq):
        if alert.id in values:
            _evaluate(alert, values[alert.id], subscription)


def _evaluate(alert: Alert, value: Decimal, subscription: Subscription) -> None:
    thresholds = [Threshold(one.value, one.recurring, one.code) for one in alert.thresholds]
    found = crossed(thresholds, alert.previous_value, value, cast(Direction, alert.direction))
    if found:
        triggered = TriggeredAlert(
            id=new_id(), organization_id=alert.organization_id, alert_id=alert.id, subscription_id=subscription.id,
            current_value=value, previous_value=alert.previous_value,
            crossed_thresholds=[_shown(one) for one in found], triggered_at=clock.now(),
        )
        db.session.add(triggered)
        announce("alert.triggered", triggered)
    alert.previous_value, alert.last_processed_at = value, clock.now()


def _shown(threshold: Threshold) -> dict[str, Any]:
    return {"code": threshold.code, "value": plain(threshold.value), "recurring": threshold.recurring}
