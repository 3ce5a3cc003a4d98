"""Changes of a plan and its fixed charges, and what its subscriptions have and are billed from then on (02 §8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lago.catalog import create_fixed_charge as new_fixed_charge
from lago.catalog import update_fixed_charge as changed_fixed_charge
from lago.catalog import update_plan as changed_plan
from lago.catalog.models import FixedCharge, Plan
from lago.catalog.write_fixed_charges import UnitsChange
from lago.core import clock
from lago.core.outbox import enqueue
from lago.subscriptions.fixed_charge_units import change_units


def update_plan(plan: Plan, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names. Raises Invalid, or NotFound for unknown metrics, add-ons or taxes."""
    apply_units(plan, changed_plan.update_plan(plan, data))


def create_fixed_charge(plan: Plan, data: Mapping[str, Any]) -> FixedCharge:
    """Gives the plan the fixed charge of the client's object. Raises Invalid, or NotFound for an add-on or a tax."""
    change = new_fixed_charge.create_fixed_charge(plan, data)
    apply_units(plan, [change])
    return change.fixed_charge


def update_fixed_charge(plan: Plan, fixed_charge: FixedCharge, data: Mapping[str, Any]) -> None:
    """Changes a fixed charge of the plan, which is locked. Raises Invalid, or NotFound for an unknown tax."""
    change = changed_fixed_charge.update_fixed_charge(plan, fixed_charge, data)
    apply_units(plan, [change] if change else [])


def apply_units(plan: Plan, changes: Sequence[UnitsChange]) -> None:
    """Gives the plan's subscriptions the units; what that costs at once is billed in the background, for each alone.

    Not here: who bills locks customers first and plans afterwards, and the plan is locked already.
    """
    subscriptions = change_units(plan, changes)
    billed = [
        str(one.fixed_charge.id) for one in changes if one.immediately and one.fixed_charge.pay_in_advance
    ]
    for subscription in subscriptions if billed else ():
        enqueue(
            "invoicing.bill_units", organization_id=plan.organization_id, subscription_id=subscription.id,
            since=clock.now().isoformat(), fixed_charge_ids=billed,
        )
