"""Wallets whose ongoing balance has fallen to a threshold are to be filled up (05 §1.13)."""

from collections.abc import Sequence

from lago.core.outbox import enqueue_once
from lago.pricing.top_up_rules import is_reached
from lago.wallets.models import Wallet
from lago.wallets.rule_order import standing
from lago.wallets.threshold_rules import pending_credits, threshold_rule


def ask_top_ups(wallets: Sequence[Wallet]) -> None:
    """Has those of the wallets, whose ongoing balance has just changed, topped up that have fallen to the threshold of
    a rule. One query if there is such a rule, and at most one top-up that waits for each wallet."""
    ruled = [(wallet, rule.threshold_credits) for wallet in wallets if (rule := threshold_rule(wallet))]
    low = [(wallet, least) for wallet, least in ruled if least is not None and is_reached(least, standing(wallet))]
    pending = pending_credits([wallet.id for wallet, _ in low]) if low else {}
    for wallet, least in low:
        if is_reached(least, standing(wallet, pending[wallet.id]) if wallet.id in pending else standing(wallet)):
            _ask(wallet)


def _ask(wallet: Wallet) -> None:
    keyed = {f"top-up:{wallet.id}": {"wallet_id": str(wallet.id)}}
    enqueue_once("wallets.top_up", keyed, organization_id=wallet.organization_id)
