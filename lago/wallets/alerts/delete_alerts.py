"""The end of alerts of wallets. What they have told of stays."""

from lago.core import clock
from lago.core.errors import NotFound
from lago.metering.models import Alert
from lago.wallets.alerts.queries import present_alerts
from lago.wallets.models import Wallet


def delete_alert(wallet: Wallet, alert: Alert) -> None:
    """Deletes one of the wallet, whose customer is locked; its code is free again. Raises NotFound if it was deleted
    meanwhile."""
    if alert not in present_alerts(wallet):
        raise NotFound("alert")
    alert.deleted_at = clock.now()


def delete_alerts(wallet: Wallet) -> None:
    """Deletes all of a wallet, whose customer is locked."""
    for alert in present_alerts(wallet):
        alert.deleted_at = clock.now()
