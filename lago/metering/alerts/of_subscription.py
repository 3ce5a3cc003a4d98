"""The alerts of one subscription, locked: what a new or changed one is held against."""

import uuid
from dataclasses import dataclass

from lago.core.db import db, lock
from lago.metering.alerts.queries import alerts_of
from lago.metering.models import Alert
from lago.metering.watch import watch


@dataclass
class AlertsOfSubscription:
    """All alerts of an external subscription id; no other transaction changes them before this one ends."""

    organization_id: uuid.UUID
    external_id: str
    alerts: list[Alert]

    def have_looked_at(self) -> None:
        """Has the subscription's figures held against its alerts after the commit."""
        watch(self.organization_id, [self.external_id])


def locked_alerts(organization_id: uuid.UUID, external_subscription_id: str) -> AlertsOfSubscription:
    """Waits for whoever else changes alerts of the subscription."""
    lock(f"alerts {organization_id} {external_subscription_id}")
    query = alerts_of(organization_id, external_subscription_id).execution_options(populate_existing=True)
    rows = list(db.session.scalars(query))
    return AlertsOfSubscription(organization_id, external_subscription_id, rows)
