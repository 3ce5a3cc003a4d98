"""The end of a charge (02 §2.2-6)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.models import Charge, Plan
from lago.catalog.write_charges import delete_charges
from lago.core.db import db
from lago.core.outbox import announce


def delete_charge(plan: Plan, charge: Charge, data: Mapping[str, Any]) -> None:
    """Deletes a charge of the plan and its filters: its usage is billed no more, not even that of the running period.

    `plan` is locked (`lock_plan`). `data`: the client's object, if it sent one.
    """
    before = before_cascade(plan, data)
    delete_charges([charge])
    db.session.expire(plan, ["charges"])
    cascade(plan, before)
    announce("plan.updated", plan)
