"""The alerts of one subscription, locked: what a new or changed one is held against."""

import uuid
from dataclasses import dataclass

from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.metering.alerts.queries import alerts_of
from lago.metering.models import Alert, AlertThreshold
from lago.metering.watch import watch
from lago.pricing.alerts import Threshold


@dataclass
class AlertsOfSubscription:
    """All alerts of an external subscription id; no other transaction changes them before this one ends."""

    organization_id: uuid.UUID
    external_id: str
    alerts: list[Alert]

    def check_code(self, code: str, alert: Alert | None = None) -> None:
        """Raises Invalid if another alert has that code."""
        if any(other.code == code for other in self.alerts if other is not alert):
            raise Invalid({"code": [ALREADY_EXISTS]})

    def check_type(self, alert_type: str, metric_id: uuid.UUID | None, alert: Alert | None = None) -> None:
        """Raises Invalid if another alert watches the same figure."""
        figures = {(other.alert_type, other.billable_metric_id) for other in self.alerts if other is not alert}
        if (alert_type, metric_id) in figures:
            raise Invalid({"base": ["alert_already_exists"]})

    def have_looked_at(self) -> None:
        """Has the subscription's figures held against its alerts after the commit."""
        watch(self.organization_id, [self.external_id])


def locked_alerts(organization_id: uuid.UUID, external_subscription_id: str) -> AlertsOfSubscription:
    """Waits for whoever else changes alerts of the subscription."""
    lock(f"alerts {organization_id} {external_subscription_id}")
    query = alerts_of(organization_id, external_subscription_id).execution_options(populate_existing=True)
    rows = list(db.session.scalars(query))
    return AlertsOfSubscription(organization_id, external_subscription_id, rows)


def threshold_rows(organization_id: uuid.UUID, thresholds: list[Threshold]) -> list[AlertThreshold]:
    """The thresholds as they are kept."""
    return [
        AlertThreshold(organization_id=organization_id, code=one.code, value=one.value, recurring=one.recurring)
        for one in thresholds
    ]
