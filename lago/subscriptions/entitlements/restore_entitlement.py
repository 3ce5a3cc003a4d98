"""A subscription has a feature as its plan gives it (03 §1.7)."""

from lago.catalog.entitlements.privilege_values import from_text
from lago.catalog.entitlements.queries import entitlement_to, values_of
from lago.core.errors import NotFound
from lago.subscriptions.entitlements.change_entitlements import change_entitlements
from lago.subscriptions.models import Subscription


def restore_entitlement(subscription: Subscription, feature_code: str) -> None:
    """Drops whatever the subscription has of the feature other than its plan gives it.

    Raises NotFound if the plan does not give it.
    """
    given = entitlement_to(subscription.plan, feature_code)
    if given is None:
        raise NotFound("entitlement")
    texts = {row.privilege.code: from_text(row.privilege, row.value) for row in values_of(given)}
    change_entitlements(subscription, {feature_code: texts})
