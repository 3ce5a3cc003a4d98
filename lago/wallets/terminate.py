"""The end of a wallet (05 §1.5)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.wallets.ask_refresh import ask_refresh
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.queries import active_wallets
from lago.wallets.write_rules import terminate_rules


def terminate(wallet: Wallet) -> None:
    """Ends a wallet, whose customer is locked, and its rules; one that has ended stays so. The balance is left as it
    is, and what is pending may still be paid."""
    if wallet.status == "active":
        terminate_wallets([wallet])


def terminate_expired(customer_ids: Sequence[uuid.UUID]) -> None:
    """Ends these customers' wallets whose time has come."""
    now = clock.now()
    wallets = active_wallets(customer_ids)
    terminate_wallets([one for one in wallets if one.expiration_due_at and one.expiration_due_at <= now])


def terminate_wallets(wallets: Sequence[Wallet]) -> None:
    """Ends these active wallets, and tells of each."""
    for wallet in wallets:
        wallet.status, wallet.terminated_at, wallet.expiration_due_at = "terminated", clock.now(), None
        terminate_rules(wallet.rules)
        announce("wallet.terminated", wallet)
    db.session.flush()
    for wallet in wallets:
        db.session.expire(wallet, ["rules"])
    for organization_id in {wallet.organization_id for wallet in wallets}:
        ask_refresh(organization_id, {one.customer_id for one in wallets if one.organization_id == organization_id})


def terminate_expired_rules(customer_ids: Sequence[uuid.UUID]) -> None:
    """Ends the rules of these customers' wallets whose time has come."""
    query = (
        select(RecurringTransactionRule)
        .join(Wallet, Wallet.id == RecurringTransactionRule.wallet_id)
        .where(Wallet.customer_id.in_(customer_ids), RecurringTransactionRule.expiration_due_at <= clock.now())
    )
    terminate_rules(db.session.scalars(query).all())
