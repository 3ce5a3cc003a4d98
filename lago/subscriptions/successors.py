"""Subscriptions that follow one another under one external id by changes of plan (03 §2.3, §3)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from lago.catalog.models import Plan
from lago.core.db import db
from lago.pricing.plan_changes import PlanPrice, is_upgrade
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class Neighbours:
    """The subscription before one, and the newest after it that was not canceled."""

    previous: Subscription | None = None
    next: Subscription | None = None

    def was_upgraded(self, subscription: Subscription) -> bool:
        """Whether what follows is an upgrade, by the amounts of now (03 §3.1)."""
        return self.next is not None and is_upgrade(price_of(subscription.plan), price_of(self.next.plan))

    def follows_upgrade(self, subscription: Subscription) -> bool:
        """Whether the subscription is an upgrade of the one before it, by the amounts of now."""
        return self.previous is not None and is_upgrade(price_of(self.previous.plan), price_of(subscription.plan))


ALONE = Neighbours()


@dataclass(frozen=True)
class Links:
    """What a subscription shows of those before and after it (03 §10)."""

    previous_plan_code: str | None = None
    next_plan_code: str | None = None
    next_status: str | None = None
    next_started_at: datetime | None = None


UNLINKED = Links()


def price_of(plan: Plan, amount_cents: int | None = None) -> PlanPrice:
    """What decides between upgrade and downgrade; with another amount, if one is given."""
    return PlanPrice(plan.amount_cents if amount_cents is None else amount_cents, plan.interval)  # type: ignore[arg-type]


def neighbours_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Neighbours]:
    """The neighbours of each subscription that has any, by its id. One query."""
    found: dict[uuid.UUID, Neighbours] = {}
    for key, precedes, one in db.session.execute(_beside(ids, Subscription)) if ids else ():
        known = found.get(key, ALONE)
        found[key] = replace(known, previous=one) if precedes else replace(known, next=one)
    return found


def links_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Links]:
    """What is shown of the neighbours of each subscription that has any, by its id. One query."""
    columns = Plan.code, Subscription.status, Subscription.started_at
    query = _beside(ids, *columns).join(Plan, Plan.id == Subscription.plan_id)
    found: dict[uuid.UUID, Links] = {}
    for key, precedes, code, status, started_at in db.session.execute(query) if ids else ():
        known = found.get(key, UNLINKED)
        found[key] = replace(known, previous_plan_code=code) if precedes else replace(
            known, next_plan_code=code, next_status=status, next_started_at=started_at
        )
    return found


def next_subscription(subscription: Subscription) -> Subscription | None:
    """The newest successor that is not canceled."""
    return next_subscriptions([subscription.id]).get(subscription.id)


def next_subscriptions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Subscription]:
    """The newest successors that are not canceled, by the ids of those whom they follow. One query."""
    return {key: found.next for key, found in neighbours_of(ids).items() if found.next}


def _beside(ids: Collection[uuid.UUID], *columns: Any) -> Select[Any]:
    """Of the neighbours of each subscription its id, whether they come before it, and these columns; newer ones last,
    so that of several successors the newest one stands."""
    own = aliased(Subscription)
    is_before = Subscription.id == own.previous_subscription_id
    is_after = (Subscription.previous_subscription_id == own.id) & (Subscription.status != "canceled")
    query = select(own.id, is_before, *columns).select_from(own).join(Subscription, or_(is_before, is_after))
    return query.where(own.id.in_(ids)).order_by(Subscription.seq)
