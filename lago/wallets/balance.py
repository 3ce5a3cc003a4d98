"""A wallet's balance has moved: its own figures, and who is to know (05 §1.10)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from lago.core import clock
from lago.core.changes import note
from lago.core.db import db, lock
from lago.core.outbox import announce
from lago.pricing.wallet_amounts import Rate, consumed_after_return
from lago.wallets.ask_refresh import ask_refresh
from lago.wallets.evaluate_wallet_alerts import evaluate_wallet_alerts
from lago.wallets.models import Wallet, WalletTransaction

_KEPT = ("balance_cents", "credits_balance")


def rate_of(wallet: Wallet) -> Rate:
    """What a credit of it is worth."""
    return Rate(wallet.rate_amount, wallet.currency)


def hold_wallet(wallet: Wallet) -> None:
    """Waits for whoever else moves money of the wallet's customer, and sees what they did."""
    lock(wallet.customer_id)
    db.session.refresh(wallet)


def note_increase(wallet: Wallet) -> None:
    """Credits have come in; the row of the ledger is written."""
    wallet.last_balance_sync_at = clock.now()
    tell_balances([wallet])


def note_return(wallet: Wallet, credit_amount: Decimal) -> None:
    """Consumed credits have come back with a voided invoice."""
    wallet.consumed_credits, wallet.consumed_amount_cents = consumed_after_return(
        wallet.consumed_credits, credit_amount, rate_of(wallet)
    )
    note_increase(wallet)


def note_decreases(outbounds: Iterable[WalletTransaction]) -> None:
    """Credits have gone, to invoices or as voids: both count as consumed."""
    outbounds = list(outbounds)
    for outbound in outbounds:
        wallet = outbound.wallet
        wallet.consumed_credits += outbound.credit_amount
        wallet.consumed_amount_cents += outbound.amount_cents
        wallet.last_consumed_credit_at = wallet.last_balance_sync_at = clock.now()
    tell_balances(list({one.wallet_id: one.wallet for one in outbounds}.values()))


def tell_balances(wallets: Sequence[Wallet]) -> None:
    """Reads what the ledger has made of the balances, and tells of them: webhooks, alerts, ongoing balances."""
    db.session.flush()
    read_balances(wallets)
    for wallet in wallets:
        announce("wallet.updated", wallet)
    evaluate_wallet_alerts(*wallets)
    for organization_id, customer_ids in _customers(wallets).items():
        ask_refresh(organization_id, customer_ids)


def read_balances(wallets: Sequence[Wallet]) -> None:
    """The balances as the database keeps them, in one query for all."""
    by_id: dict[uuid.UUID, Wallet] = {wallet.id: wallet for wallet in wallets}
    columns = (Wallet.balance_cents, Wallet.credits_balance)
    for wallet_id, *values in db.session.execute(select(Wallet.id, *columns).where(Wallet.id.in_(by_id))):
        for name, value in zip(_KEPT, values, strict=True):
            note(by_id[wallet_id], name, getattr(by_id[wallet_id], name), value)
            set_committed_value(by_id[wallet_id], name, value)


def _customers(wallets: Iterable[Wallet]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Whose wallets they are, by organization."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for wallet in wallets:
        found[wallet.organization_id].add(wallet.customer_id)
    return found
