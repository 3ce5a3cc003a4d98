"""The end of a fixed charge (02 §8.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.models import FixedCharge, Plan
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_fixed_charge(plan: Plan, fixed_charge: FixedCharge, data: Mapping[str, Any]) -> None:
    """Deletes a fixed charge of the plan, which is locked: it is billed no more, not even for the running period.

    `data`: the client's object, if it sent one.
    """
    before = before_cascade(plan, data)
    fixed_charge.deleted_at = clock.now()
    db.session.flush()
    db.session.expire(plan, ["fixed_charges"])
    cascade(plan, before)
    announce("plan.updated", plan)
