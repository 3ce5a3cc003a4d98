"""`/subscriptions/:external_id/entitlements` (03 §1.7)."""

from typing import Any

from lago.api.asked_status import asked_status
from lago.api.kit import current_organization, found
from lago.api.plan_entitlements import given_entitlements
from lago.api.routes import endpoint
from lago.subscriptions.entitlements.change_entitlements import change_entitlements
from lago.subscriptions.entitlements.effective import effective_entitlements
from lago.subscriptions.entitlements.remove_entitlement import remove_entitlement
from lago.subscriptions.entitlements.remove_privilege import remove_privilege
from lago.subscriptions.entitlements.schemas import SubscriptionEntitlementSchema
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import subscription_by_external_id

_ALL = "/subscriptions/<segment:external_id>/entitlements"
_ONE = f"{_ALL}/<code:feature_code>"


@endpoint("GET", _ALL, permission="subscription")
def list_(external_id: str) -> dict[str, Any]:
    return _shown(_found(external_id))


@endpoint("PATCH", _ALL, permission="subscription")
def change_(external_id: str) -> dict[str, Any]:
    subscription = _found(external_id)
    change_entitlements(subscription, given_entitlements())
    return _shown(subscription)


@endpoint("DELETE", _ONE, permission="subscription")
def delete_(external_id: str, feature_code: str) -> dict[str, Any]:
    subscription = _found(external_id)
    remove_entitlement(subscription, feature_code)
    return _shown(subscription)


@endpoint("DELETE", f"{_ONE}/privileges/<code:privilege_code>", permission="subscription")
def delete_privilege_(external_id: str, feature_code: str, privilege_code: str) -> dict[str, Any]:
    subscription = _found(external_id)
    remove_privilege(subscription, feature_code, privilege_code)
    return _shown(subscription)


def _found(external_id: str) -> Subscription:
    return found(subscription_by_external_id(current_organization().id, external_id, asked_status()), "subscription")


def _shown(subscription: Subscription) -> dict[str, Any]:
    """All that the subscription has after the request (contract, differences)."""
    return {"entitlements": SubscriptionEntitlementSchema(many=True).dump(effective_entitlements(subscription))}
