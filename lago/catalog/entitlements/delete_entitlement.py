"""A plan gives a feature no longer (03 §1.7)."""

from lago.catalog.entitlements.queries import entitlement_to
from lago.catalog.entitlements.write_entitlements import lock_entitlements
from lago.catalog.models import Entitlement, Plan
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.outbox import announce


def delete_entitlement(plan: Plan, feature_code: str) -> Entitlement:
    """Takes the feature from the plan: what it gave, with its values. Raises NotFound if it did not give it."""
    lock_entitlements(plan)
    entitlement = entitlement_to(plan, feature_code)
    if entitlement is None:
        raise NotFound("entitlement")
    db.session.delete(entitlement)
    announce("plan.updated", plan)
    return entitlement
