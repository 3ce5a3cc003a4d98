"""The end of a charge (02 §2.2-6)."""

from lago.catalog.models import Charge, Plan
from lago.catalog.write_charges import delete_charges
from lago.core.db import db
from lago.core.outbox import announce


def delete_charge(plan: Plan, charge: Charge) -> None:
    """Deletes a charge of the plan and its filters: its usage is billed no more, not even that of the running period.

    `plan` is locked (`lock_plan`).
    """
    delete_charges([charge])
    db.session.expire(plan, ["charges"])
    announce("plan.updated", plan)
