"""Reads of what is a subscription's own of features. What was deleted of features is left out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lago.catalog.models import Feature
from lago.core.db import db
from lago.subscriptions.models import (
    EntitlementRemoval,
    Subscription,
    SubscriptionEntitlement,
    SubscriptionEntitlementValue,
)


@dataclass(frozen=True)
class Removed:
    """The ids of features, and of single privileges, that a subscription does not have though its plan gives them."""

    features: set[uuid.UUID]
    privileges: set[uuid.UUID]


def own_entitlements(subscription: Subscription) -> Sequence[SubscriptionEntitlement]:
    """The features that the subscription has of its own or with values of its own, oldest first; as they are now."""
    query = (
        select(SubscriptionEntitlement)
        .join(SubscriptionEntitlement.feature)
        .where(SubscriptionEntitlement.subscription_id == subscription.id, Feature.deleted_at.is_(None))
        .order_by(SubscriptionEntitlement.seq)
        .options(contains_eager(SubscriptionEntitlement.feature).lazyload(Feature.privileges))
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def own_values_of(entitlement: SubscriptionEntitlement) -> list[SubscriptionEntitlementValue]:
    """Its values, but those of privileges that were deleted."""
    return [row for row in entitlement.values if row.privilege.deleted_at is None]


def removed_from(subscription: Subscription) -> Removed:
    query = select(EntitlementRemoval.feature_id, EntitlementRemoval.privilege_id)
    rows = db.session.execute(query.where(EntitlementRemoval.subscription_id == subscription.id)).all()
    features = {feature_id for feature_id, privilege_id in rows if privilege_id is None}
    return Removed(features, {privilege_id for _, privilege_id in rows if privilege_id is not None})
