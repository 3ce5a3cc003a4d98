"""Alerts that go off as the balance of a wallet changes (05 §1.16)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.metering.alerts.evaluate_alert import evaluate_alert
from lago.metering.alerts.types import BALANCE, CREDITS_BALANCE, CREDITS_ONGOING_BALANCE, ONGOING_BALANCE
from lago.metering.models import Alert
from lago.wallets.models import Wallet

FIGURES: Mapping[str, Any] = {
    BALANCE: Wallet.balance_cents,
    CREDITS_BALANCE: Wallet.credits_balance,
    ONGOING_BALANCE: Wallet.ongoing_balance_cents,
    CREDITS_ONGOING_BALANCE: Wallet.credits_ongoing_balance,
}
"""What alerts of each type look at (03 §8)."""


def evaluate_wallet_alerts(*wallets: Wallet) -> None:
    """Holds the balances of wallets, whose customers are locked, against all their alerts, and tells of those that have
    crossed thresholds. To be called after each change of a balance; one query for several wallets.

    The balances are read anew, with what this transaction has done.
    """
    query = (
        select(Alert, *FIGURES.values())
        .join(Wallet, Wallet.id == Alert.wallet_id)
        .where(Alert.wallet_id.in_([wallet.id for wallet in wallets]), Alert.deleted_at.is_(None))
        .order_by(Alert.seq)
        .options(lazyload(Alert.billable_metric))
        .execution_options(populate_existing=True)
    )
    for row in db.session.execute(query).all() if wallets else ():
        evaluate_alert(row[0], _value(row))


def figures_of(wallet: Wallet) -> dict[str, Decimal]:
    """What alerts of each type would see now, read anew."""
    row = db.session.execute(select(*FIGURES.values()).where(Wallet.id == wallet.id)).one()
    return {alert_type: Decimal(value) for alert_type, value in zip(FIGURES, row, strict=True)}


def _value(row: Row[Any]) -> Decimal:
    place = list(FIGURES).index(row[0].alert_type)
    return Decimal(row[1 + place])
