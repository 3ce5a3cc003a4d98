"""What the pages show of subscriptions."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.catalog.models import Plan
from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.subscriptions.models import Subscription

MOST_RELATIVES = 200

WITH_CUSTOMER_AND_PLAN = (
    contains_eager(Subscription.customer).options(lazyload(Customer.taxes), lazyload(Customer.metadata_rows)),
    contains_eager(Subscription.plan).lazyload("*"),
)
"""Loads both with a query that joins them, but not what lies in them."""


def lineage_of(subscription: Subscription) -> Sequence[Subscription]:
    """All that the customer has and had under this external id, by plan changes and anew: the oldest first."""
    query = (
        select(Subscription)
        .join(Subscription.customer)
        .join(Subscription.plan)
        .where(
            Subscription.organization_id == subscription.organization_id,
            Subscription.customer_id == subscription.customer_id,
            Subscription.external_id == subscription.external_id,
        )
        .order_by(Subscription.seq.desc())
        .options(*WITH_CUSTOMER_AND_PLAN)
    )
    return db.session.scalars(query.limit(MOST_RELATIVES)).all()[::-1]


def subscriptions_of(customer: Customer) -> list[Subscription]:
    """All subscriptions of a customer, active ones first, then the newest."""
    query = (
        select(Subscription)
        .where(Subscription.organization_id == customer.organization_id, Subscription.customer_id == customer.id)
        .order_by((Subscription.status == "active").desc(), Subscription.seq.desc())
    )
    return list(db.session.scalars(query))


def find_subscription(organization_id: uuid.UUID, subscription_id: uuid.UUID) -> Subscription | None:
    """The subscription, of any status."""
    return db.session.scalar(
        select(Subscription).where(
            Subscription.organization_id == organization_id, Subscription.id == subscription_id
        )
    )


def subscriptions_named(organization_id: uuid.UUID, external_id: str, most: int) -> Sequence[Subscription]:
    """Those of that external id that have started or will: first without an end, then the last ended, of these the
    last started (01 §1.7)."""
    query = (
        select(Subscription)
        .where(
            Subscription.organization_id == organization_id,
            Subscription.external_id == external_id,
            Subscription.status.in_(("active", "pending", "terminated")),
        )
        .order_by(
            Subscription.terminated_at.desc().nulls_first(), Subscription.started_at.desc().nulls_last(),
            Subscription.seq.desc(),
        )
    )
    return db.session.scalars(query.limit(most)).all()


def browse_active(organization_id: uuid.UUID, search: str | None = None) -> Select[Subscription]:
    """The organization's active subscriptions with customer and plan, newest first. `search`: a part of the external
    id, of a name of the subscription, of its plan or of its customer."""
    query = (
        select(Subscription)
        .join(Subscription.customer)
        .join(Subscription.plan)
        .options(contains_eager(Subscription.customer), contains_eager(Subscription.plan).lazyload(Plan.charges))
        .where(Subscription.organization_id == organization_id, Subscription.status == "active")
        .order_by(Subscription.started_at.desc(), Subscription.seq.desc())
    )
    if search:
        names = (Subscription.external_id, Subscription.name, Plan.name, Plan.code)
        found = (column.icontains(search, autoescape=True) for column in names)
        query = query.where(or_(customer_matches(search), *found))
    return query


def active_subscription_counts(customers: Iterable[Customer]) -> dict[uuid.UUID, int]:
    """How many active subscriptions each of the customers has, by their ids; those without any are left out."""
    query = (
        select(Subscription.customer_id, func.count())
        .where(Subscription.customer_id.in_([customer.id for customer in customers]), Subscription.status == "active")
        .group_by(Subscription.customer_id)
    )
    return {customer_id: number for customer_id, number in db.session.execute(query)}


def keep_subscribed(customers: Select[Customer], subscribed: bool) -> Select[Customer]:
    """Of a query of customers those who have an active subscription, or those who have none."""
    active = exists().where(Subscription.customer_id == Customer.id, Subscription.status == "active")
    return customers.where(active if subscribed else ~active)


def plan_subscription_counts(plans: Iterable[Plan]) -> dict[uuid.UUID, int]:
    """How many active subscriptions each of the plans has, those on plans that override it too; by their ids."""
    family = func.coalesce(Plan.parent_id, Plan.id)
    query = (
        select(family, func.count())
        .join(Subscription, Subscription.plan_id == Plan.id)
        .where(family.in_([plan.id for plan in plans]), Subscription.status == "active")
        .group_by(family)
    )
    return {plan_id: number for plan_id, number in db.session.execute(query)}


def browse_subscriptions_on(plan: Plan) -> Select[Subscription]:
    """The subscriptions of a plan and of those that override it, with their customers: active ones first, then the
    newest."""
    return (
        select(Subscription)
        .join(Subscription.customer)
        .join(Subscription.plan)
        .options(contains_eager(Subscription.customer), contains_eager(Subscription.plan).lazyload("*"))
        .where(Subscription.organization_id == plan.organization_id, _of_family(plan))
        .order_by((Subscription.status == "active").desc(), Subscription.seq.desc())
    )


def status_counts_on(plan: Plan) -> dict[str, int]:
    """How many subscriptions of each status a plan has, those on plans that override it too."""
    query = (
        select(Subscription.status, func.count())
        .join(Plan, Plan.id == Subscription.plan_id)
        .where(_of_family(plan))
        .group_by(Subscription.status)
    )
    return {status: number for status, number in db.session.execute(query)}


def _of_family(plan: Plan) -> ColumnElement[bool]:
    return or_(Plan.id == plan.id, Plan.parent_id == plan.id)
