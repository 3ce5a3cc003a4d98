"""Where a sandbox clock is sent by its bar, and what the visitor is told of it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import session

from lago.admin.access import address
from lago.audit.browse import activities_since, last_activity
from lago.core.errors import Invalid
from lago.organizations.models import Organization
from lago.subscriptions.queries import next_billing

_KEPT = "clock_moved"

_LISTS = {
    "invoice": "invoices", "credit_note": "credit_notes", "subscription": "subscriptions", "customer": "customers",
    "wallet": "wallets", "wallet_transaction": "wallets", "payment": "payments", "payment_receipt": "payments",
    "payment_request": "payments", "applied_coupon": "coupons", "coupon": "coupons", "alert": "alerts",
    "plan": "plans", "billable_metric": "billable_metrics", "feature": "features",
}
"""The list that shows objects of a type."""


@dataclass(frozen=True)
class Happened:
    """So many activities of one type. `endpoint`: the list where their objects are, if there is one."""

    words: str
    count: int
    endpoint: str | None


@dataclass(frozen=True)
class Move:
    """What came of the visitor's last move of the clock."""

    begun: datetime
    happened: list[Happened]


def _end_of_day(seen: datetime, organization: Organization) -> datetime:
    return seen + timedelta(days=1)


def _next_month(seen: datetime, organization: Organization) -> datetime:
    first = seen.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _next_bill(seen: datetime, organization: Organization) -> datetime:
    moment = next_billing(organization.id)
    if moment is None:
        raise Invalid({"to": ["nothing_to_bill"]})
    return max(moment, seen)


CHOICES: dict[str, Callable[[datetime, Organization], datetime]] = {
    "day": _end_of_day, "month": _next_month, "bill": _next_bill,
}
"""The quick choices, each counted from where the visitor saw the clock stand."""


def remember(organization: Organization, begun: datetime) -> None:
    """To be called before a move: what the log has from then on happened on the way."""
    seq = last_activity(organization.id)
    session[_KEPT] = {"organization": str(organization.id), "seq": seq, "begun": begun.isoformat(), "told": False}


def last_move(organization: Organization) -> Move | None:
    """What happened since the visitor's last move of this organization's clock began."""
    kept: dict[str, Any] = session.get(_KEPT) or {}
    if kept.get("organization") != str(organization.id):
        return None
    rows = activities_since(organization.id, kept["seq"])
    return Move(datetime.fromisoformat(kept["begun"]), [_in_words(kind, count) for kind, count in rows])


def news(organization: Organization) -> Move | None:
    """The same once, on the first page after the move."""
    kept: dict[str, Any] = session.get(_KEPT) or {}
    if kept.get("told", True):
        return None
    session[_KEPT] = {**kept, "told": True}
    return last_move(organization)


def _in_words(kind: str, count: int) -> Happened:
    resource, _, deed = kind.partition(".")
    listed = _LISTS.get(resource)
    words = f"{resource} {deed}".replace("_", " ")
    return Happened(words, count, address(listed) if listed else None)
