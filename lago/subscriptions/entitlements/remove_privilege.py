"""A subscription has a privilege of a feature no longer (03 §1.7)."""

from lago.catalog.entitlements.queries import entitlement_to
from lago.catalog.models import Feature, Privilege
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.outbox import announce
from lago.subscriptions.entitlements.queries import own_values_of
from lago.subscriptions.entitlements.removals import lock_entitlements, record_removal
from lago.subscriptions.entitlements.remove_entitlement import known_feature, own_entitlement
from lago.subscriptions.models import Subscription


def remove_privilege(subscription: Subscription, feature_code: str, privilege_code: str) -> None:
    """Takes the privilege from the subscription, even if its plan sets it. Raises NotFound if there is none."""
    lock_entitlements(subscription)
    feature = known_feature(subscription, feature_code)
    privilege = known_privilege(feature, privilege_code)
    drop_own_value(subscription, feature, privilege)
    if entitlement_to(subscription.plan, feature.code):
        record_removal(subscription, feature.id, privilege.id)
    announce("subscription.updated", subscription)


def known_privilege(feature: Feature, code: str) -> Privilege:
    """The privilege of the feature. Raises NotFound."""
    privilege = next((row for row in feature.privileges if row.code == code), None)
    if privilege is None:
        raise NotFound("privilege")
    return privilege


def drop_own_value(subscription: Subscription, feature: Feature, privilege: Privilege) -> None:
    """The subscription itself sets the privilege no longer, if it did."""
    own = own_entitlement(subscription, feature)
    for row in own_values_of(own) if own else ():
        if row.privilege_id == privilege.id:
            own.values.remove(row)  # type: ignore[union-attr]  # it has values, so it is there
    db.session.flush()
