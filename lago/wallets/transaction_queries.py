"""Reads of wallets' ledgers (05 §1.7, §1.14)."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.wallets.models import Wallet, WalletConsumption, WalletTransaction

_CHOICES = {
    "status": ("pending", "settled", "failed"),
    "transaction_status": ("purchased", "granted", "voided", "invoiced"),
    "transaction_type": ("inbound", "outbound"),
}
Side = Literal["inbound", "outbound"]
_OTHER: Mapping[Side, Side] = {"inbound": "outbound", "outbound": "inbound"}


def transaction_by_id(organization_id: uuid.UUID, identifier: object) -> WalletTransaction | None:
    """The transaction of that id; a text that is no id is the id of nothing."""
    row = WalletTransaction
    return db.session.scalar(select(row).where(row.organization_id == organization_id, row.id == as_uuid(identifier)))


def list_transactions(
    wallet: Wallet, chosen: Mapping[str, str | None], metadata: Mapping[str, str]
) -> Select[WalletTransaction]:
    """The wallet's ledger, newest first. Unknown values of a choice are ignored, and blank ones of metadata; all pairs
    of these must be there."""
    row = WalletTransaction
    query = select(row).where(row.wallet_id == wallet.id, *_conditions(chosen))
    if pairs := [{"key": key, "value": value} for key, value in metadata.items() if value.strip()]:
        query = query.where(row.metadata_pairs.contains(pairs))
    return query.order_by(row.created_at.desc(), row.seq.desc())


def list_consumptions(transaction: WalletTransaction, side: Side) -> Select[WalletConsumption]:
    """What was used of an incoming transaction, or used by an outgoing one, newest first.

    Raises Invalid where that is not known of the wallet, or the transaction is of the other side.
    """
    if not transaction.wallet.traceable:
        raise Invalid({"wallet": ["not_traceable"]})
    if transaction.transaction_type != side:
        raise Invalid({"transaction_type": ["invalid_transaction_type"]})
    row = WalletConsumption
    own: Any = getattr(row, f"{side}_id")
    query = select(row).where(row.organization_id == transaction.organization_id, own == transaction.id)
    query = query.options(selectinload(row.inbound), selectinload(row.outbound))
    return query.order_by(row.created_at.desc(), row.seq.desc())


def other_side(side: Side) -> Side:
    return _OTHER[side]


def _conditions(chosen: Mapping[str, str | None]) -> Iterable[ColumnElement[bool]]:
    for name, known in _CHOICES.items():
        if (value := chosen.get(name)) in known:
            yield getattr(WalletTransaction, name) == value
