"""The search through all subscriptions of an organization, for the page that lists them."""

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import Select, exists, func, select

from lago.catalog.models import Plan
from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.subscriptions.browse import WITH_CUSTOMER_AND_PLAN
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class SubscriptionSearch:
    """None: not filtered by it. `customer`: a part of what names the customer; `external_id`: a part of the
    subscription's. `overridden`: whether it has prices of its own."""

    status: str | None = None
    plan_code: str | None = None
    customer: str | None = None
    external_id: str | None = None
    overridden: bool | None = None
    currency: str | None = None


def browse_subscriptions(organization_id: uuid.UUID, chosen: SubscriptionSearch) -> Select[Subscription]:
    """The organization's subscriptions with customer and plan, the latest start first."""
    query = _searched(select(Subscription), organization_id, chosen)
    query = query.order_by(Subscription.subscription_at.desc(), Subscription.seq.desc())
    return query.options(*WITH_CUSTOMER_AND_PLAN)


def status_counts(organization_id: uuid.UUID, chosen: SubscriptionSearch) -> dict[str, int]:
    """How many subscriptions of each status the search finds, whatever status it asks for."""
    query = select(Subscription.status, func.count())
    found = _searched(query, organization_id, replace(chosen, status=None)).group_by(Subscription.status)
    return {status: number for status, number in db.session.execute(found)}


def currencies_of_subscriptions(organization_id: uuid.UUID) -> list[str]:
    """The currencies of the plans that have or had subscriptions, in alphabetical order."""
    query = select(Plan.amount_currency).where(
        Plan.organization_id == organization_id, exists().where(Subscription.plan_id == Plan.id)
    )
    return list(db.session.scalars(query.distinct().order_by(Plan.amount_currency)))


def _searched(query: Select, organization_id: uuid.UUID, chosen: SubscriptionSearch) -> Select:
    query = query.select_from(Subscription).join(Subscription.customer).join(Subscription.plan)
    query = query.where(Subscription.organization_id == organization_id)
    if chosen.customer:
        query = query.where(customer_matches(chosen.customer))
    if chosen.external_id:
        query = query.where(Subscription.external_id.icontains(chosen.external_id, autoescape=True))
    if chosen.overridden is not None:
        query = query.where(Plan.parent_id.is_not(None) if chosen.overridden else Plan.parent_id.is_(None))
    wanted = (
        (Subscription.status, chosen.status), (Plan.code, chosen.plan_code), (Plan.amount_currency, chosen.currency),
    )
    return query.where(*(column == value for column, value in wanted if value))
