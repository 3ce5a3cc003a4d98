"""What falls due of wallets by itself: their end, and that of their rules (05 §1.5, 06 §7)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core.due import DueQuery, due_kind
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.terminate import terminate_expired, terminate_expired_rules


def _wallets() -> DueQuery:
    return select(Wallet.organization_id, Wallet.customer_id, Wallet.expiration_due_at.label("due_at"))


def _rules() -> DueQuery:
    due = RecurringTransactionRule.expiration_due_at
    query = select(RecurringTransactionRule.organization_id, Wallet.customer_id, due.label("due_at"))
    return query.join(Wallet, Wallet.id == RecurringTransactionRule.wallet_id)


@due_kind("wallets.terminate", rank=80, query=_wallets)
def end_wallets(customer_ids: Sequence[uuid.UUID]) -> None:
    terminate_expired(customer_ids)


@due_kind("wallets.terminate_rules", rank=95, query=_rules)
def end_rules(customer_ids: Sequence[uuid.UUID]) -> None:
    terminate_expired_rules(customer_ids)
