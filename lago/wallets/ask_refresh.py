"""Asking for the ongoing balances of customers to be computed anew (05 §1.12)."""

import uuid
from collections.abc import Collection


def ask_refresh(organization_id: uuid.UUID, customer_ids: Collection[uuid.UUID]) -> None:
    """Has all active wallets of these customers refreshed soon after the commit, once for a burst of changes."""
