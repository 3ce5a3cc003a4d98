"""When wallets and rules end by themselves (05 §1.5)."""

from datetime import datetime, timedelta

from lago.core import clock
from lago.wallets.models import RecurringTransactionRule, Wallet


def expire_at(wallet: Wallet, moment: datetime | None) -> None:
    """Has the wallet end at that moment, to the nearest second; None: not by itself."""
    wallet.expiration_at = moment
    wallet.expiration_due_at = max(_nearest_second(moment), clock.now()) if moment else None


def expire_rule_at(rule: RecurringTransactionRule, moment: datetime | None) -> None:
    """Has the rule end at that very moment; None: not by itself."""
    rule.expiration_at = rule.expiration_due_at = moment


def _nearest_second(moment: datetime) -> datetime:
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
