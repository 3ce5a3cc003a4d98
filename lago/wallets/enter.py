"""Rows are entered into the ledgers of wallets (05 §1.7, §1.14)."""

from collections.abc import Iterable, Sequence
from typing import Any

from lago.core import clock
from lago.core.db import db
from lago.core.ids import new_id
from lago.core.outbox import announce
from lago.pricing.wallet_amounts import Worth
from lago.wallets.balance import note_decreases
from lago.wallets.consume import consume, consume_from
from lago.wallets.models import Wallet, WalletTransaction


def inbound(wallet: Wallet, worth: Worth, **values: Any) -> WalletTransaction:
    """Stores credits that come in; of settled ones all remain."""
    row = _row(wallet, worth, transaction_type="inbound", **values)
    if row.status == "settled" and wallet.traceable:
        row.remaining_amount_cents = worth.amount_cents
    db.session.add(row)
    db.session.flush()
    return row


def outbound(wallet: Wallet, worth: Worth, **values: Any) -> WalletTransaction:
    """Credits that go out, for `withdraw`."""
    return _row(wallet, worth, transaction_type="outbound", status="settled", **values)


def withdraw(outbounds: Sequence[WalletTransaction], *, only: WalletTransaction | None = None) -> None:
    """Stores credits that go out of wallets whose customers are locked, and takes them from the incoming ones that they
    use up: `only` this one, if it is named. Raises Invalid, and nothing is to be kept, where these do not reach."""
    if only is None:
        consume(outbounds)
    else:
        consume_from(outbounds[0], only)
    db.session.add_all(outbounds)
    note_decreases(outbounds)


def tell_created(transactions: Iterable[WalletTransaction]) -> None:
    for transaction in transactions:
        announce("wallet_transaction.created", transaction)


def _row(wallet: Wallet, worth: Worth, **values: Any) -> WalletTransaction:
    entity = wallet.billing_entity or wallet.customer.billing_entity
    return WalletTransaction(
        id=new_id(), organization_id=wallet.organization_id, wallet_id=wallet.id, wallet=wallet,
        billing_entity_id=entity.id, billing_entity=entity, credit_amount=worth.credit_amount, amount=worth.amount,
        amount_cents=worth.amount_cents, created_at=clock.now(),
        settled_at=clock.now() if values["status"] == "settled" else None, **values,
    )
