"""Wallets, made over the API."""

from typing import Any

from tests.builders.organizations import Account


def wallet(owner: Account, customer: str = "acme", **fields: Any) -> dict[str, Any]:
    """A wallet of a customer, of one EUR for each credit unless said otherwise."""
    fields = {"external_customer_id": customer, "rate_amount": "1", "currency": "EUR", **fields}
    return owner.post("/wallets", {"wallet": fields})["wallet"]


def read(owner: Account, wallet: dict[str, Any]) -> dict[str, Any]:
    """The wallet as it is now."""
    return owner.get(f"/wallets/{wallet['lago_id']}")["wallet"]


def change(owner: Account, wallet: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The wallet with these fields changed."""
    return owner.put(f"/wallets/{wallet['lago_id']}", {"wallet": fields})["wallet"]


def terminate(owner: Account, wallet: dict[str, Any]) -> dict[str, Any]:
    """The wallet, which has ended."""
    return owner.delete(f"/wallets/{wallet['lago_id']}")["wallet"]


def interval_rule(**fields: Any) -> dict[str, Any]:
    """A rule that gives ten credits each month."""
    return {"trigger": "interval", "interval": "monthly", "granted_credits": "10", "paid_credits": "0", **fields}


def threshold_rule(**fields: Any) -> dict[str, Any]:
    """A rule that buys fifty credits whenever no more than ten are left."""
    return {"trigger": "threshold", "threshold_credits": "10", "paid_credits": "50", **fields}
