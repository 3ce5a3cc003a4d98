"""The search over everything: what a name, number, code or id leads to."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from lago.admin import access
from lago.admin.formats import amount, second
from lago.admin.object_kinds import KINDS
from lago.admin.pages import current_organization, page, show, text
from lago.catalog.find_by_name import search_plans
from lago.core.ids import as_uuid
from lago.core.owned import find_owned, kinds_with
from lago.customers.find_by_name import search_customers
from lago.customers.models import name_shown
from lago.invoicing.find_by_name import search_invoices
from lago.invoicing.models import VISIBLE_STATUSES
from lago.metering.browse import EventFilter, newest_events
from lago.organizations.roles import HOME
from lago.subscriptions.find_by_name import search_subscriptions

MOST = 6
LONGEST = 200
NOT_SHOWN = ("plan", "billable_metric", "add_on", "feature", "coupon", "tax", "alert", "custom_section",
             "pricing_unit", "fee")
"""Kinds whose deleted objects have no page."""


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what tells it from others like it, and its page."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Group:
    label: str
    hits: Sequence[Hit]


@page("GET", "/search", needs=HOME)
def search() -> str:
    wanted = (text("q") or "")[:LONGEST]
    groups = found_for(current_organization().id, wanted) if wanted else []
    return show(
        "search/page.html", "search/_results.html", wanted=wanted, groups=groups,
        count=sum(len(group.hits) for group in groups), full=any(len(group.hits) == MOST for group in groups),
    )


def found_for(organization_id: uuid.UUID, wanted: str) -> list[Group]:
    """What the member may see of what matches, by kind; kinds without any are left out."""
    object_id = as_uuid(wanted)
    groups = [Group("With this id", objects_with(organization_id, object_id))] if object_id else []
    for label, view, find in SOURCES:
        if access.may_open(g.member, view):
            groups.append(Group(label, find(organization_id, wanted)))
    return [group for group in groups if group.hits]


def objects_with(organization_id: uuid.UUID, object_id: uuid.UUID) -> list[Hit]:
    """The object with this id, of whatever kind."""
    names = kinds_with({name: kind.model for name, kind in KINDS.items()}, organization_id, object_id)
    records = [(name, find_owned(KINDS[name].model, organization_id, object_id)) for name in names]
    return [
        Hit(KINDS[name].title(record), KINDS[name].label, KINDS[name].address(record))
        for name, record in records if is_shown(name, record)
    ]


def is_shown(name: str, record: Any) -> bool:
    """Whether it has a page, and the member may open it."""
    if name == "invoice" and record.status not in VISIBLE_STATUSES:
        return False
    deleted = name in NOT_SHOWN and getattr(record, "deleted_at", None)
    return not deleted and access.may_open(g.member, KINDS[name].view)


def customers_found(organization_id: uuid.UUID, wanted: str) -> list[Hit]:
    return [
        Hit(name_shown(row), row.external_id, url_for("admin.customer", customer_id=row.id))
        for row in search_customers(organization_id, wanted, MOST)
    ]


def subscriptions_found(organization_id: uuid.UUID, wanted: str) -> list[Hit]:
    return [
        Hit(
            row.name or row.plan_name, f"{row.external_id}, {row.status}",
            url_for("admin.subscription", subscription_id=row.id),
        ) for row in search_subscriptions(organization_id, wanted, MOST)
    ]


def invoices_found(organization_id: uuid.UUID, wanted: str) -> list[Hit]:
    return [
        Hit(row.number, invoice_detail(row), url_for("admin.invoice", invoice_id=row.id))
        for row in search_invoices(organization_id, wanted, MOST)
    ]


def invoice_detail(row: Any) -> str:
    return f"{name_shown(row)}, {amount(row.total_amount_cents, row.currency)} {row.currency}, {row.status}"


def plans_found(organization_id: uuid.UUID, wanted: str) -> list[Hit]:
    return [
        Hit(row.name, f"{row.code}, {row.interval}", url_for("admin.plan", plan_id=row.id))
        for row in search_plans(organization_id, wanted, MOST)
    ]


def events_found(organization_id: uuid.UUID, wanted: str) -> list[Hit]:
    """Those of this transaction id, whole."""
    return [
        Hit(event.transaction_id, f"{event.code}, {second(event.timestamp)}", url_for("admin.event", seq=event.seq))
        for event in newest_events(organization_id, EventFilter(transaction=wanted))[:MOST]
    ]


SOURCES: tuple[tuple[str, str, Callable[[uuid.UUID, str], list[Hit]]], ...] = (
    ("Customers", "customer", customers_found),
    ("Subscriptions", "subscription", subscriptions_found),
    ("Invoices", "invoice", invoices_found),
    ("Plans", "plan", plans_found),
    ("Events", "event", events_found),
)
"""The kinds that are found by what they are called: caption, the page that a member must be allowed to open, how."""
