"""A client buys, grants or voids credits (05 §1.8)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db
from lago.customers.hold import hold
from lago.organizations.models import Organization
from lago.wallets.create_transactions import create_transactions
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.queries import wallet_by_id
from lago.wallets.transaction_inputs import read_order


def order_transactions(organization: Organization, data: Mapping[str, Any]) -> list[WalletTransaction]:
    """The transactions that were made of the wallet that is named. Raises Invalid, and makes none."""
    wallet = wallet_by_id(organization.id, data.get("wallet_id"))
    if wallet is not None:
        _hold(wallet, organization)
    order = read_order(wallet, data)
    return create_transactions(wallet, order) if wallet else []


def _hold(wallet: Wallet, organization: Organization) -> None:
    """Other requests wait, so that what the order is held against stays as it is."""
    hold(wallet.customer_id, organization)
    db.session.refresh(wallet)
