"""Customers, made through the API."""

from typing import Any

from tests.builders.organizations import Account


def a_customer(account: Account, external_id: str = "acme", **fields: Any) -> dict[str, Any]:
    """The customer of that external id, made or changed."""
    return account.post("/customers", {"customer": {"external_id": external_id, **fields}})["customer"]
