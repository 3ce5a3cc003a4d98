"""Coupons, and what customers have of them, made through the API."""

from typing import Any

from tests.builders.organizations import Account


def coupon_body(code: str = "welcome", **changes: Any) -> dict[str, Any]:
    """What a client sends to make a coupon of 10.00 EUR that is used once."""
    return {
        "name": str(code).title(), "code": code, "coupon_type": "fixed_amount", "amount_cents": 1000,
        "amount_currency": "EUR", "frequency": "once", "expiration": "no_expiration", **changes,
    }


def percent_body(rate: Any, code: str = "welcome", **changes: Any) -> dict[str, Any]:
    """The same with a percentage."""
    return {
        "name": str(code).title(), "code": code, "coupon_type": "percentage", "percentage_rate": rate,
        "frequency": "once",
        "expiration": "no_expiration", **changes,
    }


def a_coupon(account: Account, code: str = "welcome", **changes: Any) -> dict[str, Any]:
    return account.post("/coupons", {"coupon": coupon_body(code, **changes)})["coupon"]


def a_percentage(account: Account, rate: Any, code: str = "welcome", **changes: Any) -> dict[str, Any]:
    return account.post("/coupons", {"coupon": percent_body(rate, code, **changes)})["coupon"]


def apply(account: Account, code: str = "welcome", customer: str = "acme", **terms: Any) -> dict[str, Any]:
    """Gives a customer the coupon."""
    body = {"external_customer_id": customer, "coupon_code": code, **terms}
    return account.post("/applied_coupons", {"applied_coupon": body})["applied_coupon"]


def applied(account: Account, code: str = "welcome", customer: str = "acme") -> dict[str, Any]:
    """What the customer has of that coupon, as the list shows it."""
    listed = account.get("/applied_coupons", external_customer_id=customer)["applied_coupons"]
    (found,) = [row for row in listed if row["coupon_code"] == code]
    return found
