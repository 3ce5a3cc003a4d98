"""Alerts of a subscription, made over the API."""

from typing import Any

from tests.builders.organizations import Account

PATH = "/subscriptions/acme/alerts"


def alert_body(*values: Any, code: str = "warn", **fields: Any) -> dict[str, Any]:
    """On the amount of the current usage unless said otherwise; a list of one value is a recurring threshold."""
    thresholds = [
        {"value": value[0], "code": "again", "recurring": True} if isinstance(value, list)
        else {"value": value, "code": f"at_{value}"}
        for value in values
    ]
    return {"alert": {"alert_type": "current_usage_amount", "code": code, "thresholds": thresholds, **fields}}


def an_alert(account: Account, *values: Any, path: str = PATH, **fields: Any) -> dict[str, Any]:
    """A new alert of `acme`, or of another subscription's path."""
    return account.post(path, alert_body(*values, **fields))["alert"]
