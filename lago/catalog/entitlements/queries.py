"""Reads of what plans give. What was deleted of features and plans is left out."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.catalog.models import Entitlement, EntitlementValue, Feature, Plan
from lago.core.db import db


def entitlements_of(plan: Plan) -> Sequence[Entitlement]:
    """What the plan gives, in the order in which it came to give it; one that overrides another gives the same."""
    return entitlements_of_plans([plan]).get(plan.id, [])


def entitlements_of_plans(plans: Collection[Plan]) -> dict[uuid.UUID, list[Entitlement]]:
    """The same of several plans, by their ids; as it is in the database now."""
    found: dict[uuid.UUID, list[Entitlement]] = {}
    for row in db.session.scalars(_query({giving_plan_id(plan) for plan in plans})) if plans else ():
        found.setdefault(row.plan_id, []).append(row)
    return {plan.id: found[giving_plan_id(plan)] for plan in plans if giving_plan_id(plan) in found}


def giving_plan_id(plan: Plan) -> uuid.UUID:
    """The plan whose entitlements count for this one: the one that it overrides, if any (03 §1.7)."""
    return plan.parent_id or plan.id


def entitlement_to(plan: Plan, feature_code: str) -> Entitlement | None:
    """How the plan gives the feature of that code."""
    return next((row for row in entitlements_of(plan) if row.feature.code == feature_code), None)


def entitlements_to(feature: Feature) -> Select[Any]:
    """How plans give the feature; first the plan that came to give it last."""
    query = (
        select(Entitlement)
        .join(Plan, Plan.id == Entitlement.plan_id)
        .where(Entitlement.feature_id == feature.id, Plan.deleted_at.is_(None))
        .order_by(Entitlement.created_at.desc(), Entitlement.seq.desc())
    )
    return query.options(lazyload(Entitlement.feature))


def values_of(entitlement: Entitlement) -> list[EntitlementValue]:
    """Its values, but those of privileges that were deleted."""
    return [row for row in entitlement.values if row.privilege.deleted_at is None]


def _query(plan_ids: Collection[uuid.UUID]) -> Select[Entitlement]:
    return (
        select(Entitlement)
        .join(Entitlement.feature)
        .join(Plan, Plan.id == Entitlement.plan_id)
        .where(Entitlement.plan_id.in_(plan_ids), Feature.deleted_at.is_(None), Plan.deleted_at.is_(None))
        .order_by(Entitlement.seq)
        .options(contains_eager(Entitlement.feature).lazyload(Feature.privileges))
        .execution_options(populate_existing=True)
    )
