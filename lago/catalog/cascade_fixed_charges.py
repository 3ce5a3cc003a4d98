"""The fixed charges of a plan follow those of the plan that it overrides (03 §1.3)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lago.catalog.models import FixedCharge, Plan
from lago.catalog.override_fixed_charges import copied_fixed_charge
from lago.catalog.write_charges import free_code
from lago.catalog.write_fixed_charges import UnitsChange
from lago.core import clock
from lago.core.db import db

Before = Mapping[str, Any]


def cascade_fixed_charges(
    plan: Plan, child: Plan, before: Mapping[str, Before | None], at_once: Collection[str]
) -> list[UnitsChange]:
    """Brings `child` in line with what has changed in the fixed charges of `plan`; both are locked.

    `before`: those that have changed, by their ids, as they were; None for new ones. `at_once`: the ids of those whose
    units begin now. The fixed charges of the child that are new or have other units.
    """
    there = {str(one.id): one for one in plan.fixed_charges if str(one.id) in before}
    copies = {str(copy.parent_id): copy for copy in child.fixed_charges}
    for key in before:
        if key not in there and key in copies:
            copies[key].deleted_at = clock.now()
    db.session.flush()
    db.session.expire(child, ["fixed_charges"])
    added = _add(child, [there[key] for key, state in before.items() if state is None and key in there])
    changed = [
        copies[key] for key, state in before.items()
        if state and key in there and key in copies and _follow(there[key], copies[key], state, child.fixed_charges)
    ]
    db.session.flush()
    db.session.expire(child, ["fixed_charges"])
    return [UnitsChange(copy, str(copy.parent_id) in at_once) for copy in [*added, *changed]]


def _add(child: Plan, fixed_charges: Sequence[FixedCharge]) -> list[FixedCharge]:
    """Copies of those of which the child never had one."""
    ids = [one.id for one in fixed_charges]
    query = select(FixedCharge.parent_id).where(FixedCharge.plan_id == child.id, FixedCharge.parent_id.in_(ids))
    copied = set(db.session.scalars(query)) if ids else set()
    codes, added = {one.code for one in child.fixed_charges}, []
    for one in (one for one in fixed_charges if one.id not in copied):
        copy = copied_fixed_charge(one, child)
        copy.code = free_code(one.code, codes)
        codes.add(copy.code)
        added.append(copy)
    db.session.add_all(added)
    return added


def _follow(one: FixedCharge, copy: FixedCharge, before: Before, siblings: Iterable[FixedCharge]) -> bool:
    """Changes a copy as its fixed charge was changed, but not if it is priced by another model, and its price and
    units only if both were the same before. Whether it has other units now."""
    if copy.charge_model != one.charge_model:
        return False
    if one.code not in [other.code for other in siblings if other is not copy]:
        copy.code = one.code
    if (copy.charge_model, copy.properties) != (before["charge_model"], before["properties"]):
        return False
    units = copy.units
    if units != Decimal(before["units"]):
        return False
    copy.properties, copy.units = deepcopy(one.properties), one.units
    return copy.units != units
