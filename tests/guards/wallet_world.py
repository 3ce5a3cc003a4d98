"""A wallet with all that paths can name of it."""

from dataclasses import dataclass
from typing import Any

from tests.builders.alerts import an_alert
from tests.builders.organizations import Account
from tests.builders.wallets import interval_rule, wallet


@dataclass(frozen=True)
class WalletNames:
    """`paths`: by first segments of API paths; `pages`: by parameters of pages."""

    paths: dict[str, dict[str, Any]]
    pages: dict[str, Any]


def add_wallet(owner: Account, mark: str) -> WalletNames:
    """A wallet with nine of ten credits, a rule and an alert, in a currency in which there are no invoices."""
    parts = {"metadata": {mark: mark}, "recurring_transaction_rules": [interval_rule(transaction_name=mark)]}
    made = wallet(owner, mark, name=mark, code=mark, currency="USD", granted_credits="10", **parts)
    path = f"/customers/{mark}/wallets/{mark}/alerts"
    alert = an_alert(owner, 1, path=path, code=mark, name=mark, alert_type="wallet_balance_amount")
    owner.at("2024-02-02T00:00:00Z")
    (given,) = owner.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]
    body = {"wallet_transaction": {"wallet_id": made["lago_id"], "voided_credits": "1"}}
    (void,) = owner.post("/wallet_transactions", body)["wallet_transactions"]
    (rule,) = made["recurring_transaction_rules"]
    paths = {
        "wallets": {"lago_id": made["lago_id"], "key": mark}, "wallet_transactions": {"lago_id": given["lago_id"]},
        "voided credits": {"lago_id": void["lago_id"]},
    }
    pages = {
        "wallet_id": made["lago_id"], "transaction_id": given["lago_id"], "rule_id": rule["lago_id"],
        "wallet_alert_id": alert["lago_id"],
    }
    return WalletNames(paths, pages)
