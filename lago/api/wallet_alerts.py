"""`/customers/:external_id/wallets/:code/alerts` (05 §1.16)."""

from typing import Any

from lago.api.kit import body, found, many, one, payload
from lago.api.routes import endpoint
from lago.api.wallets import ONE_OF_CUSTOMER, held, wallet_of_customer
from lago.metering.models import Alert
from lago.wallets.alerts import queries
from lago.wallets.alerts.create_alerts import create_alert, create_alerts
from lago.wallets.alerts.delete_alerts import delete_alert, delete_alerts
from lago.wallets.alerts.schemas import WalletAlertSchema
from lago.wallets.alerts.update_alert import update_alert
from lago.wallets.models import Wallet

ALL = f"{ONE_OF_CUSTOMER}/alerts"
ONE = f"{ALL}/<code:alert_code>"


@endpoint("GET", ALL, permission="alert")
def list_(external_id: str, code: str) -> dict[str, Any]:
    wallet = wallet_of_customer(external_id, code)
    return many("alerts", WalletAlertSchema(wallet), queries.alerts_of(wallet))


@endpoint("POST", ALL, permission="alert")
def create_(external_id: str, code: str) -> dict[str, Any]:
    several = payload().get("alerts")
    data = None if several and isinstance(several, list) else body("alert")
    wallet = _held(external_id, code)
    if data is None:
        return {"alerts": WalletAlertSchema(wallet).dump(create_alerts(wallet, several), many=True)}
    return one("alert", WalletAlertSchema(wallet), create_alert(wallet, data))


@endpoint("DELETE", ALL, permission="alert")
def delete_all(external_id: str, code: str) -> None:
    delete_alerts(_held(external_id, code))


@endpoint("GET", ONE, permission="alert")
def show_(external_id: str, code: str, alert_code: str) -> dict[str, Any]:
    wallet = wallet_of_customer(external_id, code)
    return one("alert", WalletAlertSchema(wallet), _alert(wallet, alert_code))


@endpoint("PUT PATCH", ONE, permission="alert")
def update_(external_id: str, code: str, alert_code: str) -> dict[str, Any]:
    data = body("alert")
    wallet = _held(external_id, code)
    alert = _alert(wallet, alert_code)
    update_alert(wallet, alert, data)
    return one("alert", WalletAlertSchema(wallet), alert)


@endpoint("DELETE", ONE, permission="alert")
def delete_(external_id: str, code: str, alert_code: str) -> dict[str, Any]:
    wallet = _held(external_id, code)
    alert = _alert(wallet, alert_code)
    delete_alert(wallet, alert)
    return one("alert", WalletAlertSchema(wallet), alert)


def _held(external_id: str, code: str) -> Wallet:
    return held(lambda: wallet_of_customer(external_id, code))


def _alert(wallet: Wallet, code: str) -> Alert:
    return found(queries.alert_by_code(wallet, code), "alert")
