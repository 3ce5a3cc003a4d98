"""What a subscription does not have though its plan gives it: recorded and cleared (03 §1.7)."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from lago.core import clock
from lago.core.db import db, lock
from lago.core.ids import new_id
from lago.subscriptions.models import EntitlementRemoval, Subscription


def lock_entitlements(subscription: Subscription) -> None:
    """Until the end of the transaction nobody else changes what the subscription has of features."""
    lock(f"entitlements of subscription {subscription.id}")


def record_removal(subscription: Subscription, feature_id: uuid.UUID, privilege_id: uuid.UUID | None = None) -> None:
    """Of the feature, or of one privilege of it; once."""
    now = clock.now()
    row = {
        "id": new_id(), "organization_id": subscription.organization_id, "subscription_id": subscription.id,
        "feature_id": feature_id, "privilege_id": privilege_id, "created_at": now, "updated_at": now,
    }
    db.session.execute(insert(EntitlementRemoval).values(row).on_conflict_do_nothing())


def clear_removals(subscription: Subscription, feature_id: uuid.UUID) -> None:
    """Of the feature and of all its privileges."""
    db.session.execute(delete(EntitlementRemoval).where(*_of(subscription, feature_id)))


def clear_feature_removal(subscription: Subscription, feature_id: uuid.UUID) -> None:
    """Of the feature; privileges that were removed stay so."""
    is_of_feature = EntitlementRemoval.privilege_id.is_(None)
    db.session.execute(delete(EntitlementRemoval).where(*_of(subscription, feature_id), is_of_feature))


def clear_privilege_removals(
    subscription: Subscription, feature_id: uuid.UUID, privilege_ids: Collection[uuid.UUID] | None = None
) -> None:
    """Of these privileges of the feature; None: of all."""
    removed = EntitlementRemoval.privilege_id
    are_these = removed.is_not(None) if privilege_ids is None else removed.in_(privilege_ids)
    db.session.execute(delete(EntitlementRemoval).where(*_of(subscription, feature_id), are_these))


def _of(subscription: Subscription, feature_id: uuid.UUID) -> tuple[Any, ...]:
    return EntitlementRemoval.subscription_id == subscription.id, EntitlementRemoval.feature_id == feature_id
