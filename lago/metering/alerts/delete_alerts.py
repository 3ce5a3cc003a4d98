"""The end of alerts. What they have told of stays."""

import uuid

from lago.core import clock
from lago.core.errors import NotFound
from lago.metering.alerts.of_subscription import locked_alerts
from lago.metering.models import Alert


def delete_alert(alert: Alert) -> None:
    """Deletes one; its code is free again. Raises NotFound if it was deleted meanwhile."""
    if alert not in locked_alerts(alert.organization_id, str(alert.external_subscription_id)).alerts:
        raise NotFound("alert")
    alert.deleted_at = clock.now()


def delete_alerts(organization_id: uuid.UUID, external_subscription_id: str) -> None:
    """Deletes all of a subscription."""
    for alert in locked_alerts(organization_id, external_subscription_id).alerts:
        alert.deleted_at = clock.now()
