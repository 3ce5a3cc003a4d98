"""Reads of the alerts of wallets. Deleted ones are not found."""

from sqlalchemy import Select, select

from lago.core.db import db
from lago.metering.models import Alert
from lago.wallets.models import Wallet


def alerts_of(wallet: Wallet) -> Select[Alert]:
    """The alerts of a wallet, newest first."""
    query = select(Alert).where(Alert.wallet_id == wallet.id, Alert.deleted_at.is_(None))
    return query.order_by(Alert.created_at.desc(), Alert.seq.desc())


def alert_by_code(wallet: Wallet, code: str) -> Alert | None:
    return db.session.scalar(alerts_of(wallet).where(Alert.code == code))


def present_alerts(wallet: Wallet) -> list[Alert]:
    """The alerts of a wallet, whose customer is locked, as they are now."""
    return list(db.session.scalars(alerts_of(wallet).execution_options(populate_existing=True)))
