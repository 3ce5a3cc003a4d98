"""A purchase is paid: its credits can be used (05 §1.9, §1.10)."""

from lago.core import clock
from lago.core.outbox import announce
from lago.wallets.balance import note_increase
from lago.wallets.models import WalletTransaction


def settle(transaction: WalletTransaction) -> None:
    """Settles a transaction, whose customer is locked, whether it was pending or had failed; a settled one stays so."""
    if transaction.status == "settled":
        return
    transaction.status, transaction.settled_at, transaction.failed_at = "settled", clock.now(), None
    if transaction.wallet.traceable:
        transaction.remaining_amount_cents = transaction.amount_cents
    announce("wallet_transaction.updated", transaction)
    note_increase(transaction.wallet)
