"""A plan sets a privilege no longer (03 §1.7)."""

from lago.catalog.entitlements.queries import entitlement_to, values_of
from lago.catalog.entitlements.write_entitlements import lock_entitlements
from lago.catalog.models import Entitlement, Plan
from lago.core.errors import NotFound
from lago.core.outbox import announce


def delete_entitlement_value(plan: Plan, feature_code: str, privilege_code: str) -> Entitlement:
    """Takes the value of a privilege from what the plan gives, and answers what it still gives of the feature.

    Raises NotFound if the plan does not give the feature, or does not set the privilege.
    """
    entitlement = take_value(plan, feature_code, privilege_code)
    announce("plan.updated", plan)
    return entitlement


def take_value(plan: Plan, feature_code: str, privilege_code: str) -> Entitlement:
    """The same as a part of a change that is announced as a whole."""
    lock_entitlements(plan)
    entitlement = entitlement_to(plan, feature_code)
    if entitlement is None:
        raise NotFound("entitlement")
    value = next((row for row in values_of(entitlement) if row.privilege.code == privilege_code), None)
    if value is None:
        raise NotFound("privilege")
    entitlement.values.remove(value)
    return entitlement
