"""A purchase is not paid, or never will be (05 §1.9)."""

from lago.core import clock
from lago.core.outbox import announce
from lago.wallets.models import WalletTransaction


def fail(transaction: WalletTransaction) -> None:
    """Has a pending transaction, whose customer is locked, fail; a settled one is never turned back."""
    if transaction.status != "pending":
        return
    transaction.status, transaction.failed_at = "failed", clock.now()
    announce("wallet_transaction.updated", transaction)
