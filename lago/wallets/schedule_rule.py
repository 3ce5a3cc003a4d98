"""When a rule tops up next (05 §1.13)."""

from lago.wallets.models import RecurringTransactionRule


def schedule_rule(rule: RecurringTransactionRule) -> None:
    """Sets `top_up_due_at` of a stored rule: 00:00 of the next local date on which its interval is served; null where
    it has none, or where it or its wallet is not active."""
