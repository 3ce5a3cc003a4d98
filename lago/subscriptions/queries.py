"""Reads of subscriptions."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from lago.catalog.models import Plan
from lago.core.db import db
from lago.customers.models import Customer
from lago.organizations.queries import billing_entity_ids
from lago.subscriptions.models import Subscription

STATUSES = ("pending", "active", "terminated", "canceled", "incomplete")


def subscription_by_external_id(
    organization_id: uuid.UUID, external_id: str, status: str | None = "active"
) -> Subscription | None:
    """The subscription of that external id and status; of several the latest (03 §10)."""
    query = (
        select(Subscription)
        .where(Subscription.organization_id == organization_id, Subscription.external_id == external_id)
        .order_by(
            Subscription.terminated_at.desc().nulls_first(), Subscription.started_at.desc(), Subscription.seq.desc()
        )
    )
    if status:
        query = query.where(Subscription.status == status)
    return db.session.scalars(query.limit(1)).first()


def started_subscriptions(organization_id: uuid.UUID, external_id: str) -> Sequence[Subscription]:
    """All of that external id that have begun: first those without an end, then the last ended, of these the last
    started (01 §1.7-1)."""
    return started_subscriptions_named(organization_id, [external_id]).get(external_id, [])


def started_subscriptions_named(
    organization_id: uuid.UUID, external_ids: Collection[str]
) -> dict[str, list[Subscription]]:
    """The same for several external ids, those of which there are any; one query."""
    query = (
        select(Subscription)
        .where(
            Subscription.organization_id == organization_id,
            Subscription.external_id.in_(external_ids),
            Subscription.started_at.is_not(None),
            Subscription.status != "incomplete",
        )
        .order_by(
            Subscription.terminated_at.desc().nulls_first(), Subscription.started_at.desc(), Subscription.seq.desc()
        )
    )
    found: dict[str, list[Subscription]] = {}
    for subscription in db.session.scalars(query):
        found.setdefault(subscription.external_id, []).append(subscription)
    return found


def customers_named(organization_id: uuid.UUID, external_id: str) -> Sequence[uuid.UUID]:
    """The ids of all customers who have or had a subscription of that external id."""
    query = select(Subscription.customer_id).where(
        Subscription.organization_id == organization_id, Subscription.external_id == external_id
    )
    return db.session.scalars(query.distinct()).all()


def active_subscription_of(customer: Customer, external_id: str) -> Subscription | None:
    """The customer's active subscription of that external id."""
    query = select(Subscription).where(
        Subscription.customer_id == customer.id,
        Subscription.external_id == external_id,
        Subscription.status == "active",
    )
    unmetered = (Plan.fixed_charges, Plan.minimum_commitment)
    not_read = (joinedload(Subscription.plan).lazyload(part) for part in unmetered)
    subscription = db.session.scalars(query.options(lazyload(Subscription.customer), *not_read)).first()
    if subscription:
        set_committed_value(subscription, "customer", customer)
    return subscription


def current_subscription(customer: Customer, external_id: str) -> Subscription | None:
    """The customer's subscription that a new request for this external id is about: active, or yet to start."""
    query = select(Subscription).where(
        Subscription.customer_id == customer.id,
        Subscription.external_id == external_id,
        Subscription.status.in_(("active", "pending")),
        Subscription.previous_subscription_id.is_(None) | (Subscription.status == "active"),
    )
    return db.session.scalars(query.order_by(Subscription.status)).first()


def external_id_is_taken(customer: Customer, external_id: str) -> bool:
    """Whether another customer of the organization has an active subscription of that external id."""
    query = select(Subscription.id).where(
        Subscription.organization_id == customer.organization_id,
        Subscription.external_id == external_id,
        Subscription.status == "active",
        Subscription.customer_id != customer.id,
    )
    return db.session.scalar(query.limit(1)) is not None


def last_billed_end(customer: Customer, external_id: str) -> datetime | None:
    """When the customer's last subscription of that external id ended that was billed to its end (03 §2.2)."""
    query = select(func.max(Subscription.terminated_at)).where(
        Subscription.customer_id == customer.id,
        Subscription.external_id == external_id,
        Subscription.status == "terminated",
        Subscription.on_termination_invoice == "generate",
    )
    return db.session.scalar(query)


def subscriptions_of(customer_id: uuid.UUID, *statuses: str) -> Sequence[Subscription]:
    """All of a customer's subscriptions in these statuses, oldest first."""
    query = select(Subscription).where(Subscription.customer_id == customer_id, Subscription.status.in_(statuses))
    return db.session.scalars(query.order_by(Subscription.seq)).all()


def subscribers_of(billing_entity_id: uuid.UUID) -> Sequence[Row[uuid.UUID, uuid.UUID]]:
    """The organization and the customer of each live subscription whose customer that entity bills, once each."""
    query = (
        select(Customer.organization_id, Customer.id)
        .where(Customer.billing_entity_id == billing_entity_id)
        .where(exists().where(Subscription.customer_id == Customer.id, Subscription.status.in_(("active", "pending"))))
    )
    return db.session.execute(query).all()


@dataclass(frozen=True)
class SubscriptionFilter:
    """None and nothing: not filtered by it; but no status means active, and an unknown one every status (03 §10).

    `entity_codes`: invoiced by one of these billing entities. `overridden`: whether on a plan of its own.
    """

    external_customer_id: str | None = None
    external_id: str | None = None
    plan_code: str | None = None
    currency: str | None = None
    statuses: Sequence[str] = ()
    entity_codes: Sequence[str] = ()
    overridden: bool | None = None


def list_subscriptions(organization_id: uuid.UUID, chosen: SubscriptionFilter) -> Select[Any]:
    """Subscriptions by `subscription_at`, newest first. Raises NotFound for an unknown billing entity."""
    query = (
        select(Subscription)
        .join(Subscription.plan)
        .join(Subscription.customer)
        .where(Subscription.organization_id == organization_id)
        .order_by(Subscription.subscription_at.desc(), Subscription.created_at.desc(), Subscription.seq.desc())
    )
    if chosen.entity_codes:
        invoiced_by = func.coalesce(Subscription.billing_entity_id, Customer.billing_entity_id)
        query = query.where(invoiced_by.in_(billing_entity_ids(organization_id, chosen.entity_codes)))
    return _narrowed(query, chosen)


def _narrowed(query: Select[Any], chosen: SubscriptionFilter) -> Select[Any]:
    wanted = list(chosen.statuses) or ["active"]
    if all(status in STATUSES for status in wanted):
        query = query.where(Subscription.status.in_(wanted))
    for column, value in (
        (Customer.external_id, chosen.external_customer_id), (Subscription.external_id, chosen.external_id),
        (Plan.code, chosen.plan_code), (Plan.amount_currency, chosen.currency),
    ):
        query = query.where(column == value) if value else query
    if chosen.overridden is not None:
        query = query.where(Plan.parent_id.is_not(None) if chosen.overridden else Plan.parent_id.is_(None))
    return query


def subscription_to_update(organization_id: uuid.UUID, external_id: str, status: str) -> Subscription | None:
    """The record that an update is about: the only one of that external id; of several the first of that status, which
    is pending, incomplete, or else active (03 §2.4)."""
    status = status if status in ("pending", "incomplete") else "active"
    query = (
        select(Subscription)
        .where(Subscription.organization_id == organization_id, Subscription.external_id == external_id)
        .order_by(Subscription.subscription_at.desc(), Subscription.seq.desc())
    )
    rows = db.session.scalars(query.limit(2)).all()
    if len(rows) < 2:
        return rows[0] if rows else None
    return db.session.scalars(query.where(Subscription.status == status).limit(1)).first()


def next_billing(organization_id: uuid.UUID) -> datetime | None:
    """When the first of the organization's subscriptions is billed next; None without any."""
    query = select(func.min(Subscription.billing_due_at)).where(Subscription.organization_id == organization_id)
    return db.session.scalar(query)
