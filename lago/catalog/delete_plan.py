"""The end of a plan, in two steps: at once it is on its way out, later its subscriptions are ended (03 §1.4)."""

from sqlalchemy import or_, update

from lago.catalog.models import Plan
from lago.catalog.queries import lock_plan
from lago.core.db import db
from lago.core.outbox import announce, enqueue


def delete_plan(plan: Plan) -> None:
    """Marks the plan and those that override it; a background job ends their subscriptions, then the plans."""
    lock_plan(plan)
    if plan.pending_deletion or plan.deleted_at:
        return
    family = or_(Plan.id == plan.id, Plan.parent_id == plan.id)
    db.session.execute(update(Plan).where(family, Plan.deleted_at.is_(None)).values(pending_deletion=True))
    announce("plan.deleted", plan)
    enqueue("subscriptions.end_for_plan", organization_id=plan.organization_id, plan_id=plan.id)
