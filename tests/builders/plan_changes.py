"""Stories of plan changes: what the invoices say of both sides, and who followed whom."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lago.core.db import db
from lago.organizations.clock import _set as set_clock
from lago.webhooks.models import WebhookDelivery
from tests.builders.organizations import Account
from tests.builders.stories import invoices, plan, subscribe
from tests.builders.webhooks import endpoint_at


def begin(account: Account, start: str, *, plans: dict[str, Any], first: str = "old", **fields: Any) -> dict[str, Any]:
    """Acme's subscription to the first of these plans; each is told by what it has besides its code."""
    account.at(start)
    for code, parts in plans.items():
        plan(account, code, **parts)
    return subscribe(account, plan_code=first, **fields)


def change(account: Account, moment: str, code: str, **fields: Any) -> dict[str, Any]:
    """Acme asks for another plan at that moment."""
    account.at(moment)
    return subscribe(account, plan_code=code, **fields)


def lines(invoice: dict[str, Any]) -> dict[str, tuple[str, str, str, str]]:
    """By reason the bounds of the subscription and of the usage that the invoice covers."""
    names = ("subscription_from", "subscription_to", "charges_from", "charges_to")
    return {
        row["invoicing_reason"]: tuple(row[f"{name}_datetime"] for name in names)  # type: ignore[misc]
        for row in invoice["billing_periods"]
    }


def fees(invoice: dict[str, Any]) -> list[tuple[str, int]]:
    """Code and cents of each fee; of subscription fees the code of the plan."""
    return [(row["item"]["code"], row["amount_cents"]) for row in invoice["fees"]]


def billed(account: Account, customer: str = "acme") -> list[tuple[str, list[tuple[str, int]]]]:
    """The day of each invoice and its fees, oldest first."""
    return [(row["created_at"][:10], fees(row)) for row in invoices(account, customer)]


def in_status(account: Account, status: str, external_id: str = "acme") -> list[dict[str, Any]]:
    """The subscriptions of that external id in that status, newest first."""
    return account.get("/subscriptions", external_id=external_id, **{"status[]": status})["subscriptions"]


def listen(account: Account, moment: str) -> None:
    """From that moment on webhook messages are kept."""
    account.at(moment)
    endpoint_at(account, "http://127.0.0.1:9/nobody")


def heard(account: Account, moment: str) -> list[tuple[str, dict[str, Any]]]:
    """The type and the object of each message about a subscription up to that moment, in the order of their making."""
    account.at(moment)
    rows = db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq))
    told = [(row.webhook_type, json.loads(row.payload)) for row in rows]
    return [(kind, message["subscription"]) for kind, message in told if kind.startswith("subscription.")]


def late(account: Account, moment: str) -> None:
    """Moves the sandbox clock, but leaves undone what falls due on the way, as if no worker were there."""
    set_clock(account.organization.id, datetime.fromisoformat(moment))
