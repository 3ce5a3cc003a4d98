"""Credits are bought, granted and voided over the API, and what came of them."""

from typing import Any

from sqlalchemy import inspect

from lago.organizations.clock import drain
from lago.wallets.models import Wallet
from tests.builders.organizations import Account


def _id(wallet: Wallet) -> str:
    """Known even of a record that no session looks after any more."""
    return str(inspect(wallet).identity[0])


def top_up(account: Account, wallet: Wallet, **fields: Any) -> list[dict[str, Any]]:
    """The transactions that were made."""
    body = {"wallet_transaction": {"wallet_id": _id(wallet), **fields}}
    return account.post("/wallet_transactions", body)["wallet_transactions"]


def refused_top_up(account: Account, wallet: Wallet, **fields: Any) -> Any:
    """The `error_details`."""
    body = {"wallet_transaction": {"wallet_id": _id(wallet), **fields}}
    return account.refused("POST", "/wallet_transactions", body)


def ledger(account: Account, wallet: Wallet, **filters: Any) -> list[dict[str, Any]]:
    """The wallet's transactions, oldest first."""
    return list(reversed(account.get(f"/wallets/{_id(wallet)}/wallet_transactions", **filters)["wallet_transactions"]))


def transaction(account: Account, lago_id: str) -> dict[str, Any]:
    return account.get(f"/wallet_transactions/{lago_id}")["wallet_transaction"]


def remaining(account: Account, *rows: dict[str, Any]) -> list[int | None]:
    """Cents that are left of incoming transactions."""
    return [transaction(account, row["lago_id"])["remaining_amount_cents"] for row in rows]


def fundings(account: Account, outbound: dict[str, Any]) -> dict[str, int]:
    """Cents that a transaction took, by the ids of those that it took them from."""
    rows = account.get(f"/wallet_transactions/{outbound['lago_id']}/fundings")["wallet_transaction_fundings"]
    return {row["wallet_transaction"]["lago_id"]: row["amount_cents"] for row in rows}


def mark(account: Account, invoice_id: str, payment_status: str) -> dict[str, Any]:
    """The invoice after its payment status was set."""
    body = {"invoice": {"payment_status": payment_status}}
    return account.put(f"/invoices/{invoice_id}", body)["invoice"]


def bought(account: Account, wallet: Wallet, credits: str, **fields: Any) -> dict[str, Any]:
    """A purchase that has its invoice."""
    (row,) = top_up(account, wallet, paid_credits=credits, **fields)
    background(account)
    return transaction(account, row["lago_id"])


def paid(account: Account, wallet: Wallet, credits: str, **fields: Any) -> dict[str, Any]:
    """A purchase whose invoice is paid."""
    row = bought(account, wallet, credits, **fields)
    mark(account, row["lago_invoice_id"], "succeeded")
    return transaction(account, row["lago_id"])


def background(account: Account) -> None:
    """Does what waits in the background."""
    drain(account.organization.id)
