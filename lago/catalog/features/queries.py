"""Reads of features. Deleted ones are not found, and deleted plans don't use any."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import lazyload

from lago.catalog.browse import PARTS_OF_PLANS
from lago.catalog.models import Entitlement, Feature, Plan
from lago.core.db import db
from lago.core.errors import NotFound

SEARCHED = (Feature.name, Feature.code, Feature.description)


def features(organization_id: uuid.UUID, search: str | None = None) -> Select[Feature]:
    """Features, newest first; `search`: a part of the name, the code or the description, in any case."""
    query = select(Feature).where(Feature.organization_id == organization_id, Feature.deleted_at.is_(None))
    if search:
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in SEARCHED)))
    return query.order_by(Feature.created_at.desc(), Feature.seq.desc())


def feature_by_code(organization_id: uuid.UUID, code: str) -> Feature | None:
    return db.session.scalar(features(organization_id).where(Feature.code == code))


def find_feature(organization_id: uuid.UUID, feature_id: uuid.UUID) -> Feature | None:
    return db.session.scalar(features(organization_id).where(Feature.id == feature_id))


def features_by_code(organization_id: uuid.UUID, codes: Collection[str]) -> dict[str, Feature]:
    """The features of these codes. Raises NotFound if one is unknown."""
    query = features(organization_id).where(Feature.code.in_(codes))
    found = {feature.code: feature for feature in db.session.scalars(query)} if codes else {}
    if len(found) < len(set(codes)):
        raise NotFound("feature")
    return found


def lock_feature(feature: Feature) -> None:
    """Reads the feature and its privileges anew, and keeps others from changing it to the end of the transaction.

    Who gives it to a plan need not wait. Raises NotFound if it has been deleted meanwhile.
    """
    query = select(Feature).where(Feature.id == feature.id).with_for_update(of=Feature, key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()
    if feature.deleted_at is not None:
        raise NotFound("feature")


def plans_with(feature: Feature) -> Sequence[Plan]:
    """The plans that give the feature, by name, without what lies in them."""
    query = (
        select(Plan)
        .join(Entitlement, Entitlement.plan_id == Plan.id)
        .where(Entitlement.feature_id == feature.id, Plan.deleted_at.is_(None))
        .order_by(func.lower(Plan.name), Plan.seq)
    )
    return db.session.scalars(query.options(*(lazyload(part) for part in PARTS_OF_PLANS))).all()


def plan_counts(some: Iterable[Feature]) -> dict[uuid.UUID, int]:
    """How many plans give each of the features, by their ids; those that none gives are left out."""
    query = (
        select(Entitlement.feature_id, func.count())
        .join(Plan, Plan.id == Entitlement.plan_id)
        .where(Entitlement.feature_id.in_([feature.id for feature in some]), Plan.deleted_at.is_(None))
        .group_by(Entitlement.feature_id)
    )
    return {feature_id: number for feature_id, number in db.session.execute(query)}


def features_but(organization_id: uuid.UUID, feature_ids: Collection[uuid.UUID]) -> Select[Feature]:
    """All features but these, in alphabetical order, to choose from."""
    query = features(organization_id).where(Feature.id.not_in(feature_ids)).order_by(None)
    return query.order_by(func.lower(func.coalesce(Feature.name, Feature.code)), Feature.seq)


def load_privileges(some: Iterable[Feature]) -> None:
    """Reads the privileges of all these features at once, where only the features were read."""
    query = select(Feature).where(Feature.id.in_([feature.id for feature in some]))
    db.session.scalars(query.execution_options(populate_existing=True)).all()
