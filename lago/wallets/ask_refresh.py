"""Asking for the ongoing balances of customers to be computed anew (05 §1.12)."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from lago.core.db import db
from lago.core.outbox import enqueue
from lago.wallets.models import Wallet

AT_A_TIME = 500
"""How many customers are marked in one transaction, for each of whom it holds a lock."""


def ask_refresh(organization_id: uuid.UUID, customer_ids: Collection[uuid.UUID]) -> None:
    """Has all active wallets of these customers refreshed soon after the commit, once for a burst of changes."""
    ask_refresh_where(Wallet.organization_id == organization_id, Wallet.customer_id.in_(customer_ids))


def ask_refresh_where(*conditions: ColumnElement[bool]) -> None:
    """The same for the customers of the active wallets that meet the conditions; one query, also where there is none.

    They are marked in transactions of their own: who moves money must not wait for who takes in events, nor they for
    him.
    """
    query = select(Wallet.organization_id, Wallet.customer_id).where(Wallet.status == "active", *conditions)
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for organization_id, customer_id in db.session.execute(query.distinct()):
        found[organization_id].append(str(customer_id))
    for organization_id, customer_ids in found.items():
        for start in range(0, len(customer_ids), AT_A_TIME):
            named = {"owner_id": organization_id, "customer_ids": sorted(customer_ids)[start : start + AT_A_TIME]}
            enqueue("metering.watch_balances", organization_id=organization_id, **named)
