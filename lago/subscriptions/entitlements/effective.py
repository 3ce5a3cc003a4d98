"""What a subscription has in effect: what its plan gives, less what was taken away, and what is its own (03 §1.7)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lago.catalog.entitlements.privilege_values import Shown, from_text
from lago.catalog.entitlements.queries import entitlements_of, values_of
from lago.catalog.models import Entitlement, EntitlementValue, Feature, Privilege
from lago.subscriptions.entitlements.queries import Removed, own_entitlements, own_values_of, removed_from
from lago.subscriptions.models import Subscription, SubscriptionEntitlement, SubscriptionEntitlementValue


@dataclass(frozen=True)
class EffectiveValue:
    """A privilege with the value that the plan sets, and that which the subscription sets over it."""

    privilege: Privilege
    plan_value: Shown | None
    override_value: Shown | None

    @property
    def value(self) -> Shown | None:
        return self.plan_value if self.override_value is None else self.override_value


@dataclass(frozen=True)
class EffectiveEntitlement:
    """A feature that the subscription has. `in_plan`: whether the plan gives it."""

    feature: Feature
    values: Sequence[EffectiveValue]
    in_plan: bool


def effective_entitlements(subscription: Subscription) -> list[EffectiveEntitlement]:
    """In the order in which the plan came to give each feature, or else the subscription to have it."""
    given = {row.feature_id: row for row in entitlements_of(subscription.plan)}
    own = {row.feature_id: row for row in own_entitlements(subscription)}
    removed = removed_from(subscription)
    kept = {feature_id for feature_id in given if feature_id not in removed.features} | own.keys()
    pairs = [(given.get(feature_id), own.get(feature_id)) for feature_id in kept]
    return [_effective(row, mine, removed) for row, mine in sorted(pairs, key=_age)]


def _effective(
    given: Entitlement | None, own: SubscriptionEntitlement | None, removed: Removed
) -> EffectiveEntitlement:
    of_plan = {row.privilege_id: row for row in values_of(given)} if given else {}
    overriding = {row.privilege_id: row for row in own_values_of(own)} if own else {}
    kept = (of_plan.keys() | overriding.keys()) - removed.privileges
    pairs = sorted(((of_plan.get(key), overriding.get(key)) for key in kept), key=_age)
    feature = (given or own).feature  # type: ignore[union-attr]  # one of the two is there
    return EffectiveEntitlement(feature, [_value(*pair) for pair in pairs], given is not None)


def _value(of_plan: EntitlementValue | None, own: SubscriptionEntitlementValue | None) -> EffectiveValue:
    row: Any = of_plan or own
    return EffectiveValue(row.privilege, _shown(of_plan), _shown(own))


def _shown(row: EntitlementValue | SubscriptionEntitlementValue | None) -> Shown | None:
    return from_text(row.privilege, row.value) if row else None


def _age(pair: tuple[Any, Any]) -> tuple[Any, bool, int]:
    """When the row of the plan was made, else that of the subscription; at the same moment the plan's come first."""
    given, own = pair
    row = given or own
    return row.created_at, given is None, row.seq


def removed_features(subscription: Subscription) -> list[Feature]:
    """Features that the plan gives and the subscription does not have."""
    removed: set[uuid.UUID] = removed_from(subscription).features
    return [row.feature for row in entitlements_of(subscription.plan) if row.feature_id in removed]
