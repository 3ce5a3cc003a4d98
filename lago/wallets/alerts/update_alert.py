"""Changes of an alert of a wallet (05 §1.16); its type stays."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db
from lago.core.errors import NotFound
from lago.metering.alerts.inputs import AlertInput, check_one_recurs, read_thresholds
from lago.metering.alerts.siblings import check_code, threshold_rows
from lago.metering.models import Alert
from lago.wallets.alerts.queries import present_alerts
from lago.wallets.models import Wallet


def update_alert(wallet: Wallet, alert: Alert, data: Mapping[str, Any]) -> None:
    """Changes what `data` names of code, name and thresholds of an alert of the wallet, whose customer is locked; a
    list of thresholds replaces all, an empty one nothing. Raises Invalid, NotFound if the alert was deleted."""
    alerts = present_alerts(wallet)
    if alert not in alerts:
        raise NotFound("alert")
    sent = data.get("thresholds")
    thresholds = read_thresholds(sent) if sent and isinstance(sent, list) else []
    values = AlertInput().read(data, partial=True)
    check_code(alerts, values.get("code", alert.code), alert)
    check_one_recurs(thresholds)
    for name, value in values.items():
        setattr(alert, name, value)
    if thresholds:
        alert.thresholds = threshold_rows(alert.organization_id, thresholds)
    db.session.flush()
