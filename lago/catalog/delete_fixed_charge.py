"""The end of a fixed charge (02 §8.1)."""

from lago.catalog.models import FixedCharge, Plan
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_fixed_charge(plan: Plan, fixed_charge: FixedCharge) -> None:
    """Deletes a fixed charge of the plan: it is billed no more, not even for the running period."""
    fixed_charge.deleted_at = clock.now()
    db.session.flush()
    db.session.expire(plan, ["fixed_charges"])
    announce("plan.updated", plan)
