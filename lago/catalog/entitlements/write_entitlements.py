"""What a plan gives, as a client writes it (03 §1.7)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.entitlements.given import Texts, read_given
from lago.catalog.entitlements.queries import entitlements_of, values_of
from lago.catalog.models import Entitlement, EntitlementValue, Feature, Plan
from lago.core.db import db, lock
from lago.core.outbox import announce


def write_entitlements(plan: Plan, data: Mapping[str, Any], *, replace: bool) -> None:
    """Gives the features of the client's object. With `replace` those that it does not name are taken away, and so are
    unnamed privileges of a named feature, unless it names none of them at all.

    Raises NotFound for an unknown feature or privilege, Invalid for a value.
    """
    lock_entitlements(plan)
    given = read_given(plan.organization_id, data)
    stored = {row.feature: row for row in entitlements_of(plan)}
    for feature in stored.keys() - given.keys() if replace else ():
        db.session.delete(stored[feature])
    for feature, texts in given.items():
        _set(stored.get(feature) or _new(plan, feature), texts, replace=replace)
    db.session.flush()
    if given or replace:
        announce("plan.updated", plan)


def lock_entitlements(plan: Plan) -> None:
    """Until the end of the transaction nobody else changes what the plan gives."""
    lock(f"entitlements of plan {plan.id}")


def _new(plan: Plan, feature: Feature) -> Entitlement:
    entitlement = Entitlement(organization_id=plan.organization_id, plan_id=plan.id, feature=feature, values=[])
    db.session.add(entitlement)
    return entitlement


def _set(entitlement: Entitlement, texts: Texts, *, replace: bool) -> None:
    stored = {row.privilege: row for row in values_of(entitlement)}
    for privilege in stored.keys() - texts.keys() if replace and texts else ():
        entitlement.values.remove(stored[privilege])
    for privilege, text in texts.items():
        if privilege in stored:
            stored[privilege].value = text
        else:
            row = EntitlementValue(organization_id=entitlement.organization_id, privilege=privilege, value=text)
            entitlement.values.append(row)
