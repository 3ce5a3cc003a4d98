"""Whether the books of a wallet agree."""

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lago.core.db import db
from lago.wallets.models import Wallet, WalletConsumption, WalletTransaction


def books(wallet_id: uuid.UUID) -> dict[str, Any]:
    """The wallet beside its ledger, all as of one moment."""
    row = WalletTransaction
    db.session.remove()  # what was read before may be out of date
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    wallet = db.session.get_one(Wallet, wallet_id)
    found = {
        "balance": (wallet.balance_cents, wallet.credits_balance),
        "rows": db.session.scalars(select(row).where(row.wallet_id == wallet_id)).all(),
        "used_of": used_by(WalletConsumption.inbound_id),
        "used_by": used_by(WalletConsumption.outbound_id),
    }
    db.session.remove()
    return found


def used_by(side: Any) -> dict[uuid.UUID, int]:
    query = select(side, func.sum(WalletConsumption.amount_cents)).group_by(side)
    return {transaction_id: int(cents) for transaction_id, cents in db.session.execute(query)}


def check_books(wallet_id: uuid.UUID) -> None:
    """The balance is the sum of the ledger, and of what remains of incoming credits, of which what was used is gone."""
    found = books(wallet_id)
    settled = [row for row in found["rows"] if row.status == "settled"]
    signs = {"inbound": 1, "outbound": -1}
    cents = sum(signs[row.transaction_type] * row.amount_cents for row in settled)
    credits = sum((signs[row.transaction_type] * row.credit_amount for row in settled), Decimal(0))
    assert found["balance"] == (cents, credits)
    inbound = [row for row in settled if row.transaction_type == "inbound"]
    assert sum(row.remaining_amount_cents for row in inbound) == cents >= 0
    for row in inbound:
        assert row.remaining_amount_cents == row.amount_cents - found["used_of"].get(row.id, 0) >= 0
    for row in settled:
        if row.transaction_type == "outbound":
            assert found["used_by"].get(row.id, 0) == row.amount_cents
    unsettled = [row for row in found["rows"] if row.status != "settled"]
    assert all(row.remaining_amount_cents is None for row in unsettled)
