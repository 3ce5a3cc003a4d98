"""A subscription has a feature no longer (03 §1.7)."""

from lago.catalog.entitlements.queries import entitlement_to
from lago.catalog.features.queries import feature_by_code
from lago.catalog.models import Feature
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.outbox import announce
from lago.subscriptions.entitlements.queries import own_entitlements
from lago.subscriptions.entitlements.removals import clear_privilege_removals, lock_entitlements, record_removal
from lago.subscriptions.models import Subscription, SubscriptionEntitlement


def remove_entitlement(subscription: Subscription, feature_code: str) -> None:
    """Takes the feature from the subscription, even if its plan gives it. Raises NotFound if there is none."""
    lock_entitlements(subscription)
    feature = known_feature(subscription, feature_code)
    own = own_entitlement(subscription, feature)
    if own:
        db.session.delete(own)
        db.session.flush()
    clear_privilege_removals(subscription, feature.id)
    if entitlement_to(subscription.plan, feature.code):
        record_removal(subscription, feature.id)
    announce("subscription.updated", subscription)


def known_feature(subscription: Subscription, code: str) -> Feature:
    """The organization's feature. Raises NotFound."""
    feature = feature_by_code(subscription.organization_id, code)
    if feature is None:
        raise NotFound("feature")
    return feature


def own_entitlement(subscription: Subscription, feature: Feature) -> SubscriptionEntitlement | None:
    """How the subscription has the feature of its own."""
    return next((row for row in own_entitlements(subscription) if row.feature_id == feature.id), None)
