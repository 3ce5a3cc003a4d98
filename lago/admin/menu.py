"""The menu: groups of entries. A page that does not exist yet has no entry."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import request, url_for

from lago.admin.access import may_open
from lago.core.outbox import count_failing
from lago.organizations.members import Member


@dataclass(frozen=True)
class Entry:
    """`key`: the letter after "g" that leads here. `count`: how many things of an organization wait there for
    someone."""

    label: str
    endpoint: str
    key: str
    icon: str
    count: Callable[[uuid.UUID], int] | None = None

    @property
    def url(self) -> str:
        return url_for(f"admin.{self.endpoint}")

    @property
    def current(self) -> bool:
        """Whether the page at hand is this entry's, or a page under it."""
        return request.path == self.url or (self.url != "/" and request.path.startswith(f"{self.url}/"))


@dataclass(frozen=True)
class Group:
    """Entries under a caption; the first group has none."""

    caption: str
    entries: tuple[Entry, ...]


MENU = (
    Group(
        "",
        (
            Entry("Dashboard", "dashboard", "d", "home"),
            Entry("Customers", "customers", "c", "people"),
            Entry("Subscriptions", "subscriptions", "s", "loop"),
            Entry("Invoices", "invoices", "i", "invoice"),
            Entry("Credit notes", "credit_notes", "v", "credit"),
            Entry("Wallets", "wallets", "b", "wallet"),
            Entry("Payments", "payments", "y", "payment"),
        ),
    ),
    Group(
        "Catalog",
        (
            Entry("Plans", "plans", "p", "tag"),
            Entry("Billable metrics", "billable_metrics", "m", "gauge"),
            Entry("Add-ons", "add_ons", "j", "box"),
            Entry("Coupons", "coupons", "o", "ticket"),
            Entry("Taxes", "taxes", "x", "percent"),
            Entry("Features", "features", "f", "switch"),
        ),
    ),
    Group(
        "Metering",
        (
            Entry("Events", "events", "e", "pulse"),
            Entry("Usage", "usage", "u", "bars"),
            Entry("Analytics", "analytics", "z", "curve"),
            Entry("Alerts", "alerts", "l", "bell"),
        ),
    ),
    Group(
        "Developers",
        (
            Entry("API keys", "api_keys", "k", "key"),
            Entry("Webhooks", "webhooks", "w", "hook"),
            Entry("API logs", "api_logs", "L", "logs"),
            Entry("Activity", "activities", "A", "clock"),
            Entry("Security log", "security_logs", "S", "shield"),
            Entry("Attention", "attention", "a", "warn", count=count_failing),
        ),
    ),
    Group(
        "Settings",
        (
            Entry("Organization", "organization", "t", "settings"),
            Entry("Members", "members", "g", "team"),
            Entry("Billing entities", "billing_entities", "h", "house"),
            Entry("Custom sections", "custom_sections", "q", "text"),
            Entry("Pricing units", "pricing_units", "n", "coins"),
            Entry("Dunning", "dunning_campaigns", "r", "dunning"),
        ),
    ),
)


def menu_for(member: Member | None) -> list[Group]:
    """The groups that this member may open."""
    groups = [replace(group, entries=_open_to(member, group.entries)) for group in MENU]
    return [group for group in groups if group.entries]


def _open_to(member: Member | None, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if may_open(member, entry.endpoint))
