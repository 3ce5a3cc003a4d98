"""New alerts of a wallet (05 §1.16)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lago.core.db import db
from lago.metering.alerts.inputs import AlertInput, check_one_recurs, read_thresholds, read_type
from lago.metering.alerts.siblings import check_code, check_figure, made_of_each, threshold_rows
from lago.metering.alerts.types import OF_WALLETS
from lago.metering.models import Alert
from lago.wallets.alerts.queries import present_alerts
from lago.wallets.evaluate_wallet_alerts import figures_of
from lago.wallets.models import Wallet


def create_alert(wallet: Wallet, data: Mapping[str, Any]) -> Alert:
    """An alert of a wallet, whose customer is locked. It tells of what happens from now on, so its previous value is
    the present one. `data` is the client's object. Raises Invalid."""
    alert = _made(wallet, data, present_alerts(wallet), figures_of(wallet))
    db.session.flush()
    return alert


def create_alerts(wallet: Wallet, sent: Sequence[Any]) -> list[Alert]:
    """Several at once, or none. Raises Invalid with what was sent and its errors by its position, from "0"."""
    alerts, figures = present_alerts(wallet), figures_of(wallet)
    made = made_of_each(sent, lambda row: _made(wallet, row, alerts, figures))
    db.session.flush()
    return made


def _made(wallet: Wallet, data: Mapping[str, Any], alerts: list[Alert], figures: Mapping[str, Decimal]) -> Alert:
    """Adds an alert to those that there are. Codes address them, so each has its own."""
    alert_type = read_type(data, OF_WALLETS)
    thresholds = read_thresholds(data.get("thresholds"))
    values = AlertInput().read(data)
    check_code(alerts, values["code"])
    check_figure(alerts, alert_type)
    check_one_recurs(thresholds)
    alert = Alert(
        organization_id=wallet.organization_id, wallet_id=wallet.id, alert_type=alert_type, code=values["code"],
        name=values.get("name"), direction=OF_WALLETS.direction, previous_value=figures[alert_type],
        thresholds=threshold_rows(wallet.organization_id, thresholds),
    )
    db.session.add(alert)
    alerts.append(alert)
    return alert
