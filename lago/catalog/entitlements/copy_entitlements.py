"""A new plan gives what another one gives (03 §1.7)."""

from lago.catalog.entitlements.queries import entitlements_of, values_of
from lago.catalog.entitlements.write_entitlements import lock_entitlements
from lago.catalog.models import Entitlement, EntitlementValue, Plan
from lago.core.db import db


def copy_entitlements(origin: Plan, plan: Plan) -> None:
    """Gives the plan, which gives nothing yet, all that `origin` gives now.

    Nobody is told: that the plan was created is told after the commit, with all of it.
    """
    lock_entitlements(origin)
    for given in entitlements_of(origin):
        values = [
            EntitlementValue(organization_id=plan.organization_id, privilege=row.privilege, value=row.value)
            for row in values_of(given)
        ]
        copied = Entitlement(
            organization_id=plan.organization_id, plan_id=plan.id, feature=given.feature, values=values
        )
        db.session.add(copied)
    db.session.flush()
