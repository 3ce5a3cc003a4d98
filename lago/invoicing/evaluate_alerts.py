"""Alerts that go off as the usage of a subscription changes (03 §8)."""

from lago.invoicing.alert_values import alert_values
from lago.metering.alerts.evaluate_alert import evaluate_alert
from lago.metering.alerts.of_subscription import locked_alerts
from lago.metering.usage_totals import PeriodUsage
from lago.subscriptions.models import Subscription


def evaluate_alerts(subscription: Subscription, usage: PeriodUsage) -> None:
    """Holds the figures of an active subscription, whose current usage this is, against all its alerts; tells of those
    that have crossed thresholds."""
    alerts = locked_alerts(subscription.organization_id, subscription.external_id).alerts
    values = alert_values(subscription, usage, alerts)
    for alert in sorted(alerts, key=lambda one: one.seq):
        if alert.id in values:
            evaluate_alert(alert, values[alert.id], subscription_id=subscription.id)
