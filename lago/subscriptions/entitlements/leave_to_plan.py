"""A subscription has a privilege as its plan sets it, or not at all if that does not set it (03 §1.7)."""

from lago.core.outbox import announce
from lago.subscriptions.entitlements.removals import clear_privilege_removals, lock_entitlements
from lago.subscriptions.entitlements.remove_entitlement import known_feature
from lago.subscriptions.entitlements.remove_privilege import drop_own_value, known_privilege
from lago.subscriptions.models import Subscription


def leave_to_plan(subscription: Subscription, feature_code: str, privilege_code: str) -> None:
    """Drops the subscription's own value of the privilege, or that it was taken away. Raises NotFound."""
    lock_entitlements(subscription)
    feature = known_feature(subscription, feature_code)
    privilege = known_privilege(feature, privilege_code)
    drop_own_value(subscription, feature, privilege)
    clear_privilege_removals(subscription, feature.id, [privilege.id])
    announce("subscription.updated", subscription)
