"""Rules that fill up a wallet whenever its ongoing balance has fallen to a threshold (05 §1.13)."""

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db
from lago.pricing.top_up_rules import PATIENCE
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction

_row = WalletTransaction


def threshold_rule(wallet: Wallet) -> RecurringTransactionRule | None:
    """The first such rule of a wallet that is active and has not expired."""
    return next((rule for rule in wallet.rules if rule.trigger == "threshold" and is_in_force(rule)), None)


def is_in_force(rule: RecurringTransactionRule) -> bool:
    """Whether a rule is active; it is inert from the very moment at which it expires (05 §1.5)."""
    return rule.status == "active" and (rule.expiration_at is None or rule.expiration_at > clock.now())


def pending_credits(wallet_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
    """The credits of all pending transactions of wallets that have any."""
    query = select(_row.wallet_id, func.sum(_row.credit_amount)).where(
        _row.wallet_id.in_(wallet_ids), _row.status == "pending"
    )
    return {wallet_id: credits for wallet_id, credits in db.session.execute(query.group_by(_row.wallet_id))}


def last_attempts(wallet: Wallet) -> tuple[datetime | None, datetime | None]:
    """When the latest automatic purchase of those of the last hour failed, and when any purchase settled last."""
    bought = (_row.wallet_id == wallet.id, _row.transaction_status == "purchased")
    failed = select(func.max(_row.failed_at)).where(
        *bought, _row.status == "failed", _row.source == "threshold", _row.failed_at > clock.now() - PATIENCE
    )
    settled = select(func.max(_row.settled_at)).where(*bought, _row.status == "settled")
    failed_at, settled_at = db.session.execute(select(failed.scalar_subquery(), settled.scalar_subquery())).one()
    return failed_at, settled_at
