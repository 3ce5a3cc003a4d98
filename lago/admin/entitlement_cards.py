"""What the page of a subscription's entitlements shows of each feature, and what its form begins with."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lago.admin.value_fields import ValueField
from lago.catalog.entitlements.queries import entitlement_to, entitlements_of, values_of
from lago.catalog.features.queries import load_privileges
from lago.catalog.models import EntitlementValue, Feature
from lago.subscriptions.entitlements.effective import EffectiveEntitlement, effective_entitlements
from lago.subscriptions.entitlements.queries import own_entitlements, own_values_of, removed_from
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class Card:
    """A feature that a subscription has. `away`: values of the plan that it does not have."""

    entitlement: EffectiveEntitlement
    away: Sequence[EntitlementValue]

    @property
    def differs(self) -> bool:
        """Whether the plan gives the feature in another way."""
        overridden = any(value.override_value is not None for value in self.entitlement.values)
        return self.entitlement.in_plan and (overridden or bool(self.away))


@dataclass(frozen=True)
class Entry:
    """The form of one feature. `present`: the subscription has it; `in_plan`: its plan gives it."""

    fields: Sequence[ValueField]
    present: bool
    in_plan: bool


def cards_of(subscription: Subscription) -> list[Card]:
    """A card for each feature that the subscription has, in their order."""
    removed = removed_from(subscription).privileges
    of_plan = {row.feature_id: values_of(row) for row in entitlements_of(subscription.plan)}
    entitlements = effective_entitlements(subscription)
    load_privileges(row.feature for row in entitlements)
    return [
        Card(row, [value for value in of_plan.get(row.feature.id, []) if value.privilege_id in removed])
        for row in entitlements
    ]


def fields_of(
    subscription: Subscription, feature: Feature, typed: dict[uuid.UUID, str] | None, away: set[uuid.UUID] | None
) -> Entry:
    """The fields with what was written; before anything was, with the values that are the subscription's own."""
    of_plan, own = plan_texts(subscription, feature), own_texts(subscription, feature)
    texts = own if typed is None else typed
    gone = removed_from(subscription).privileges if away is None else away
    fields = [
        ValueField(one, texts.get(one.id, ""), of_plan.get(one.id), one.id in gone) for one in feature.privileges
    ]
    present = any(row.feature.id == feature.id for row in effective_entitlements(subscription))
    return Entry(fields, present, entitlement_to(subscription.plan, feature.code) is not None)


def plan_texts(subscription: Subscription, feature: Feature) -> dict[uuid.UUID, str]:
    """What the plan sets of the feature, by privilege, as it is stored."""
    entitlement = entitlement_to(subscription.plan, feature.code)
    return {row.privilege_id: row.value for row in values_of(entitlement)} if entitlement else {}


def own_texts(subscription: Subscription, feature: Feature) -> dict[uuid.UUID, str]:
    """What the subscription itself sets of the feature, by privilege, as it is stored."""
    mine = (row for row in own_entitlements(subscription) if row.feature_id == feature.id)
    return {value.privilege_id: value.value for row in mine for value in own_values_of(row)}
