"""Subscriptions whose usage thresholds are looked at anew without an event: other thresholds apply, it has begun, or
an invoice has changed what they have used in all (03 §7.1)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from lago.catalog.models import Plan
from lago.core.db import db
from lago.core.outbox import enqueue
from lago.subscriptions.models import Subscription
from lago.subscriptions.usage_thresholds import applicable_thresholds_of

AT_A_TIME = 500
"""How many subscriptions of a plan are marked in one transaction, for each of which it holds a lock."""


def watch_thresholds(subscriptions: Collection[Subscription]) -> None:
    """Has those of the subscriptions looked at after the commit that are active and have thresholds; two queries."""
    applicable = applicable_thresholds_of([one for one in subscriptions if one.status == "active"])
    wanted: dict[UUID, list[str]] = defaultdict(list)
    for one in subscriptions:
        if applicable.get(one.id):
            wanted[one.organization_id].append(one.external_id)
    for organization_id, external_ids in wanted.items():
        _watch(organization_id, external_ids)


def watch_plan(plan: Plan) -> None:
    """Has the active subscriptions of the plan, and of plans made from it, looked at after the commit."""
    plans = select(Plan.id).where((Plan.id == plan.id) | (Plan.parent_id == plan.id))
    on_it = select(Subscription.external_id).where(Subscription.plan_id.in_(plans), Subscription.status == "active")
    external_ids = db.session.scalars(on_it.order_by(Subscription.external_id)).all()
    _watch(plan.organization_id, external_ids)


def _watch(organization_id: UUID, external_ids: Sequence[str]) -> None:
    """In transactions of their own: who bills must not wait for who takes in events."""
    for start in range(0, len(external_ids), AT_A_TIME):
        some = list(external_ids[start : start + AT_A_TIME])
        named = {"owner_id": organization_id, "external_ids": some}
        enqueue("metering.watch_subscriptions", organization_id=organization_id, **named)
