"""What a subscription has of features, other than its plan gives it, as a client writes it (03 §1.7)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.entitlements.given import Texts, read_given
from lago.catalog.entitlements.queries import entitlements_of, values_of
from lago.catalog.models import Entitlement, Feature
from lago.core.db import db
from lago.core.outbox import announce
from lago.subscriptions.entitlements.queries import own_entitlements, own_values_of
from lago.subscriptions.entitlements.removals import (
    clear_feature_removal,
    clear_privilege_removals,
    clear_removals,
    lock_entitlements,
)
from lago.subscriptions.models import Subscription, SubscriptionEntitlement, SubscriptionEntitlementValue


def change_entitlements(subscription: Subscription, data: Mapping[str, Any]) -> None:
    """Gives the subscription the features and values of the client's object; what it does not name stays.

    Raises NotFound for an unknown feature or privilege, Invalid for a value.
    """
    lock_entitlements(subscription)
    given = read_given(subscription.organization_id, data)
    of_plan = {row.feature: row for row in entitlements_of(subscription.plan)}
    own = {row.feature: row for row in own_entitlements(subscription)}
    for feature, texts in given.items():
        _change(subscription, feature, texts, of_plan.get(feature), own.get(feature))
    db.session.flush()
    if given:
        announce("subscription.updated", subscription)


def _change(
    subscription: Subscription, feature: Feature, texts: Texts, of_plan: Entitlement | None,
    own: SubscriptionEntitlement | None,
) -> None:
    """The three rules of 03 §1.7, of one feature."""
    plan_texts = {row.privilege: row.value for row in values_of(of_plan)} if of_plan else {}
    if of_plan and texts == plan_texts:
        clear_removals(subscription, feature.id)
        if own:
            db.session.delete(own)
        return
    if of_plan or own:
        clear_feature_removal(subscription, feature.id)
        clear_privilege_removals(subscription, feature.id, [privilege.id for privilege in texts])
    else:
        clear_removals(subscription, feature.id)
    _override(own or _new(subscription, feature), texts, plan_texts)


def _override(own: SubscriptionEntitlement, texts: Texts, plan_texts: Texts) -> None:
    """Sets the values; one that the plan sets too is not kept beside it."""
    stored = {row.privilege: row for row in own_values_of(own)}
    for privilege, text in texts.items():
        if text == plan_texts.get(privilege):
            if privilege in stored:
                own.values.remove(stored[privilege])
        elif privilege in stored:
            stored[privilege].value = text
        else:
            row = SubscriptionEntitlementValue(
                organization_id=own.organization_id, privilege=privilege, value=text
            )
            own.values.append(row)


def _new(subscription: Subscription, feature: Feature) -> SubscriptionEntitlement:
    entitlement = SubscriptionEntitlement(
        organization_id=subscription.organization_id, subscription_id=subscription.id, feature=feature, values=[]
    )
    db.session.add(entitlement)
    return entitlement
