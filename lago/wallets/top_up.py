"""A wallet that has fallen to the threshold of a rule is filled up (05 §1.13)."""

from decimal import Decimal

from lago.core import clock
from lago.pricing.top_up_rules import TopUp, is_reached, waits
from lago.wallets.balance import hold_wallet
from lago.wallets.create_transactions import create_transactions
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.rule_order import amounts, rule_order, standing
from lago.wallets.threshold_rules import last_attempts, pending_credits, threshold_rule


def top_up(wallet: Wallet) -> None:
    """Does what its first active threshold rule asks for, if it is still to be done, as of its last refresh.

    Locks its customer. Nothing is bought within an hour after such a purchase has failed, unless one settled since.
    Raises Invalid where the rule no longer fits the wallet's limits.
    """
    hold_wallet(wallet)
    rule = threshold_rule(wallet) if wallet.status == "active" else None
    credits = _due(wallet, rule) if rule else None
    if rule and credits and not (credits.paid > 0 and waits(*last_attempts(wallet), clock.now())):
        create_transactions(wallet, rule_order(rule, wallet, credits))


def _due(wallet: Wallet, rule: RecurringTransactionRule) -> TopUp | None:
    stands = standing(wallet, pending_credits([wallet.id]).get(wallet.id, Decimal(0)))
    least = rule.threshold_credits
    return amounts(rule, stands) if least is not None and is_reached(least, stands) else None
