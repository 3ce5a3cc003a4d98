"""What a wallet may pay, as the arithmetic has it (05 §1.11.6)."""

from lago.pricing.wallet_allocation import WalletScope
from lago.wallets.models import Wallet


def scope_of(wallet: Wallet) -> WalletScope:
    """Its code, fee types and metrics."""
    metrics = frozenset(target.billable_metric_id for target in wallet.targets)
    return WalletScope(wallet.code, frozenset(wallet.allowed_fee_types), metrics)
