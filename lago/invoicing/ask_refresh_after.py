"""What moves the ongoing balances of wallets besides events: invoices, drafts, beginnings and ends (05 §1.12)."""

from collections.abc import Iterable

from lago.invoicing.models import Invoice
from lago.subscriptions.models import Subscription
from lago.wallets.ask_refresh import ask_refresh_where
from lago.wallets.models import Wallet


def ask_refresh_after(changed: Iterable[Invoice | Subscription]) -> None:
    """Has the wallets of the customers of these records refreshed after the commit; one query if there are any."""
    if customer_ids := {one.customer_id for one in changed}:
        ask_refresh_where(Wallet.customer_id.in_(customer_ids))
