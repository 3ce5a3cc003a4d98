"""Alerts of wallets as they are shown (03 §8, 05 §1.16)."""

from typing import Any

from marshmallow import fields

from lago.core.db import db
from lago.metering.alerts.schemas import AlertSchema, triggered_alert_object
from lago.metering.models import Alert, TriggeredAlert
from lago.wallets.models import Wallet


class WalletAlertSchema(AlertSchema):
    """An alert of this wallet."""

    wallet_code = fields.Method("code_of_wallet")

    def __init__(self, wallet: Wallet, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wallet = wallet

    def code_of_wallet(self, alert: Alert) -> str:
        return self.wallet.code


def any_triggered_alert(triggered: TriggeredAlert) -> dict[str, Any]:
    """What the webhook tells of an alert that went off, be it of a subscription or of a wallet (06 §4.4)."""
    shown = triggered_alert_object(triggered)
    if triggered.wallet_id is None:
        return shown
    external_id = db.session.get_one(Wallet, triggered.wallet_id).customer.external_id
    return {**shown, "external_customer_id": external_id, "customer_external_id": external_id}
