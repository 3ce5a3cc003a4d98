"""Features, and what plans and subscriptions have of them, made over the API."""

from typing import Any

from tests.builders.organizations import Account

SEATS = {
    "code": "seats", "name": "Seats", "description": "People who may sign in.",
    "privileges": [
        {"code": "max", "name": "Most", "value_type": "integer"},
        {"code": "sso", "value_type": "boolean"},
        {"code": "root", "value_type": "string"},
        {"code": "provider", "value_type": "select", "config": {"select_options": ["okta", "google"]}},
    ],
}
"""A feature with a privilege of each type."""


def a_feature(account: Account, code: str = "seats", **changes: Any) -> dict[str, Any]:
    """A feature as SEATS, with another code or other fields."""
    return account.post("/features", {"feature": {**SEATS, "code": code, **changes}})["feature"]


def give(account: Account, plan_code: str, **features: dict[str, Any]) -> list[dict[str, Any]]:
    """What a plan gives once it gives these features, with the values of their privileges, too."""
    path = f"/plans/{plan_code}/entitlements"
    return account.call("PATCH", path, {"entitlements": features})["entitlements"]


def adjust(account: Account, external_id: str, **features: dict[str, Any]) -> list[dict[str, Any]]:
    """What a subscription has once these features were changed."""
    path = f"/subscriptions/{external_id}/entitlements"
    return account.call("PATCH", path, {"entitlements": features})["entitlements"]


def in_short(entitlements: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values by feature and privilege."""
    return {row["code"]: {one["code"]: one["value"] for one in row["privileges"]} for row in entitlements}
