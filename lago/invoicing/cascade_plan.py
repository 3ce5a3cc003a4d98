"""Plans that override another one follow what has changed in that (03 §1.3)."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select

from lago.catalog.cascade_charges import cascade_charges
from lago.catalog.cascade_fixed_charges import cascade_fixed_charges
from lago.catalog.models import Plan
from lago.catalog.queries import hold_plan, lock_plan
from lago.core.db import db, transaction
from lago.core.outbox import enqueue
from lago.invoicing.update_plan import apply_units
from lago.subscriptions.models import Subscription


def cascade_plan(plan_id: uuid.UUID, before: Mapping[str, Any], at_once: Collection[str]) -> None:
    """Brings each plan that overrides this one in line with it, each in a transaction of its own.

    `before`: what has changed, as it was (`lago/catalog/cascade.py`). It may be done twice, or late: a plan follows to
    where the other one is now, and only from where that was before. Only the amount reaches plans that nobody has.
    """
    query = select(Plan.id).where(Plan.parent_id == plan_id, Plan.deleted_at.is_(None)).order_by(Plan.seq)
    for child_id in db.session.scalars(query).all():
        with transaction():
            _follow(db.session.get_one(Plan, plan_id), db.session.get_one(Plan, child_id), before, at_once)


def _follow(plan: Plan, child: Plan, before: Mapping[str, Any], at_once: Collection[str]) -> None:
    hold_plan(plan)
    lock_plan(child)
    if child.deleted_at is not None:
        return
    if child.amount_cents == before.get("amount_cents"):
        child.amount_cents = plan.amount_cents
        enqueue("subscriptions.follow_amount", organization_id=child.organization_id, plan_id=child.id)
    if _has_live_subscriptions(child):
        cascade_charges(plan, child, before.get("charges", {}))
        apply_units(child, cascade_fixed_charges(plan, child, before.get("fixed_charges", {}), at_once))
    enqueue("invoicing.flag_drafts", organization_id=child.organization_id, plan_ids=[str(child.id)])


def _has_live_subscriptions(plan: Plan) -> bool:
    live = exists().where(Subscription.plan_id == plan.id, Subscription.status.in_(("active", "pending")))
    return bool(db.session.scalar(select(live)))
