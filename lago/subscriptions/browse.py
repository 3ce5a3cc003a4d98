"""What the pages show of subscriptions."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, exists, func, select

from lago.core.db import db
from lago.customers.models import Customer
from lago.subscriptions.models import Subscription


def subscriptions_of(customer: Customer) -> list[Subscription]:
    """All subscriptions of a customer, active ones first, then the newest."""
    query = (
        select(Subscription)
        .where(Subscription.organization_id == customer.organization_id, Subscription.customer_id == customer.id)
        .order_by((Subscription.status == "active").desc(), Subscription.seq.desc())
    )
    return list(db.session.scalars(query))


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
