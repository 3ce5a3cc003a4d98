"""What a client keeps on a wallet as `metadata` (05 §1.6)."""

from typing import Any

from lago.core.json_metadata import merged_metadata, read_metadata, without_key
from lago.wallets.models import Wallet
from lago.wallets.update import update_wallet


def replace_metadata(wallet: Wallet, sent: Any) -> None:
    """Puts what was sent in place of what is kept; null deletes it. It is a change of the wallet like any other
    (05 §1.19). Raises Invalid."""
    update_wallet(wallet, {"metadata": None if sent is None else read_metadata(sent)})


def merge_metadata(wallet: Wallet, sent: Any) -> None:
    """Lays what was sent over what is kept; nothing sent changes nothing of it. Raises Invalid."""
    update_wallet(wallet, {"metadata": merged_metadata(wallet.metadata_pairs, sent)})


def delete_metadata_key(wallet: Wallet, key: str) -> None:
    """Drops one key of what is kept. Raises NotFound if nothing is kept at all."""
    wallet.metadata_pairs = without_key(wallet.metadata_pairs, key)
