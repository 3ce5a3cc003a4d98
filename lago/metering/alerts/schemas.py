"""Alerts as they are shown (03 §8)."""

from typing import Any

from marshmallow import Schema, fields

from lago.catalog.schemas import BillableMetricSchema
from lago.core.fields import Exact, Moment, iso, plain
from lago.metering.models import TriggeredAlert


class AlertThresholdSchema(Schema):
    """A threshold."""

    code = fields.Raw()
    value = Exact()
    recurring = fields.Raw()


class AlertSchema(Schema):
    """An alert with its thresholds, in the order in which they were given."""

    lago_id = fields.UUID(attribute="id")
    lago_organization_id = fields.UUID(attribute="organization_id")
    subscription_external_id = fields.Function(lambda alert: alert.external_subscription_id)  # its old name
    external_subscription_id = fields.Raw()
    lago_wallet_id = fields.UUID(attribute="wallet_id")
    wallet_code = fields.Constant(None)
    alert_type = fields.Raw()
    code = fields.Raw()
    name = fields.Raw()
    direction = fields.Raw()
    previous_value = Exact()
    last_processed_at = Moment()
    thresholds = fields.Nested(AlertThresholdSchema, many=True)
    created_at = Moment()
    billable_metric = fields.Function(
        lambda alert: BillableMetricSchema().dump(alert.billable_metric) if alert.billable_metric else None
    )


def triggered_alert_object(triggered: TriggeredAlert) -> dict[str, Any]:
    """What the webhook tells of an alert that went off (06 §4.4)."""
    alert, subscription = triggered.alert, triggered.subscription
    external_id = subscription.external_id if subscription else None
    external_customer_id = subscription.customer.external_id if subscription else None
    return {
        "lago_id": str(triggered.id),
        "lago_organization_id": str(triggered.organization_id),
        "lago_alert_id": str(alert.id),
        "lago_subscription_id": str(subscription.id) if subscription else None,
        "external_subscription_id": external_id,
        "lago_wallet_id": str(triggered.wallet_id) if triggered.wallet_id else None,
        "external_customer_id": external_customer_id,
        "billable_metric_code": alert.billable_metric.code if alert.billable_metric else None,
        "alert_name": alert.name,
        "alert_code": alert.code,
        "alert_type": alert.alert_type,
        "current_value": plain(triggered.current_value),
        "previous_value": plain(triggered.previous_value),
        "crossed_thresholds": triggered.crossed_thresholds,
        "triggered_at": iso(triggered.triggered_at),
        "subscription_external_id": external_id,
        "customer_external_id": external_customer_id,
    }
