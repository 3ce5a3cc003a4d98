"""A figure held against the thresholds of an alert (03 §8, 05 §1.16)."""

import uuid
from decimal import Decimal
from typing import Any, cast

from lago.core import clock
from lago.core.db import db
from lago.core.fields import plain
from lago.core.ids import new_id
from lago.core.outbox import announce
from lago.metering.models import Alert, TriggeredAlert
from lago.pricing.alerts import Direction, Threshold, crossed


def evaluate_alert(alert: Alert, value: Decimal, *, subscription_id: uuid.UUID | None = None) -> None:
    """Tells of the thresholds that have been crossed since the alert was looked at last, and remembers the value.

    `subscription_id`: whose figure it is, of an alert on usage.
    """
    thresholds = [Threshold(one.value, one.recurring, one.code) for one in alert.thresholds]
    found = crossed(thresholds, alert.previous_value, value, cast(Direction, alert.direction))
    if found:
        triggered = TriggeredAlert(
            id=new_id(), organization_id=alert.organization_id, alert_id=alert.id, subscription_id=subscription_id,
            wallet_id=alert.wallet_id, current_value=value, previous_value=alert.previous_value,
            crossed_thresholds=[_shown(one) for one in found], triggered_at=clock.now(),
        )
        db.session.add(triggered)
        announce("alert.triggered", triggered)
    alert.previous_value, alert.last_processed_at = value, clock.now()


def _shown(threshold: Threshold) -> dict[str, Any]:
    return {"code": threshold.code, "value": plain(threshold.value), "recurring": threshold.recurring}
