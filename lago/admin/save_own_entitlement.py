"""Saves the form of one feature of a subscription by what the API offers for it (03 §1.7)."""

import uuid

from lago.admin.entitlement_cards import own_texts
from lago.admin.value_fields import by_code
from lago.catalog.models import Feature
from lago.subscriptions.entitlements.change_entitlements import change_entitlements
from lago.subscriptions.entitlements.effective import effective_entitlements
from lago.subscriptions.entitlements.leave_to_plan import leave_to_plan
from lago.subscriptions.entitlements.queries import removed_from
from lago.subscriptions.entitlements.remove_privilege import remove_privilege
from lago.subscriptions.models import Subscription


def save_own_entitlement(
    subscription: Subscription, feature: Feature, typed: dict[uuid.UUID, str], away: set[uuid.UUID]
) -> None:
    """Gives the subscription the feature with the values that were written; what was left empty is as the plan has it,
    and what is `away` it does not have. Raises Invalid."""
    kept = {key: text for key, text in typed.items() if key not in away}
    if kept or not _has(subscription, feature):
        change_entitlements(subscription, {feature.code: by_code(feature, kept)})
    own, gone = own_texts(subscription, feature).keys(), removed_from(subscription).privileges
    for privilege in feature.privileges:
        if privilege.id in away - gone:
            remove_privilege(subscription, feature.code, privilege.code)
        elif privilege.id in (own | gone) - kept.keys() - away:
            leave_to_plan(subscription, feature.code, privilege.code)


def _has(subscription: Subscription, feature: Feature) -> bool:
    return any(row.feature.id == feature.id for row in effective_entitlements(subscription))
