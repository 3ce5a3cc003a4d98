"""Interval rules top up wallets on their dates (05 §1.13)."""

import uuid
from collections.abc import Sequence

from lago.invoicing.buy_credits import buy_credits
from lago.invoicing.refresh_wallets import refresh_balances
from lago.wallets.serve_interval import due_rules, serve_interval


def top_up_intervals(customer_ids: Sequence[uuid.UUID]) -> None:
    """Serves the rules of these customers, who are locked, that are due by now, and moves them on.

    What fills up to a target has to know what is left at this moment: a bill of the same one has just moved it.
    """
    due = due_rules(customer_ids)
    refresh_balances({wallet.customer_id for rule, wallet in due if rule.method == "target"})
    for rule, wallet in due:
        for made in serve_interval(rule, wallet):
            if made.transaction_status == "purchased":
                buy_credits(made.id)  # now: its own job would date the invoice when it gets there
