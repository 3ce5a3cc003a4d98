"""What changes in a plan is to reach the plans that override it (03 §1.3): noted here, done in the background."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import exists, select

from lago.catalog.charge_filters import as_given
from lago.catalog.models import Charge, FixedCharge, Plan
from lago.catalog.queries import lock_plan
from lago.catalog.write_fixed_charges import UnitsChange
from lago.core.db import db
from lago.core.fields import Flag
from lago.core.outbox import enqueue

State = Mapping[str, Any]
T = TypeVar("T", Charge, FixedCharge)


def before_cascade(plan: Plan, data: Mapping[str, Any]) -> State | None:
    """How the plan, which is locked here, stands before it is changed; None unless the client asks for
    `cascade_updates` and there is a plan that overrides it."""
    if not Flag.WORDS.get(str(data.get("cascade_updates")).lower()) or plan.parent_id is not None:
        return None
    lock_plan(plan)
    child = exists().where(Plan.parent_id == plan.id, Plan.deleted_at.is_(None))
    return _state_of(plan) if db.session.scalar(select(child)) else None


def cascade(plan: Plan, before: State | None, units: Sequence[UnitsChange] = ()) -> None:
    """Has the plans that override this one follow what has changed since. `units`: the changed units of its fixed
    charges, which begin for them when they begin for its own subscriptions."""
    if before is None:
        return
    db.session.flush()
    db.session.expire(plan, ["charges", "fixed_charges"])
    changes = _changes(before, _state_of(plan))
    at_once = [str(one.fixed_charge.id) for one in units if one.immediately]
    if changes:
        organization_id = plan.organization_id
        enqueue("plans.cascade", organization_id=organization_id, plan_id=plan.id, before=changes, at_once=at_once)


def _state_of(plan: Plan) -> State:
    return {
        "amount_cents": plan.amount_cents, "charges": _by_id(plan.charges, _of_charge),
        "fixed_charges": _by_id(plan.fixed_charges, _of_fixed_charge),
    }


def _by_id(rows: Iterable[T], state: Callable[[T], State]) -> State:
    return {str(row.id): state(row) for row in rows}


def _of_charge(charge: Charge) -> State:
    return {
        "code": charge.code, "charge_model": charge.charge_model, "properties": charge.properties,
        "conversion_rate": None if charge.conversion_rate is None else str(charge.conversion_rate),
        "filters": [as_given(row) for row in charge.filters],
    }


def _of_fixed_charge(one: FixedCharge) -> State:
    return {
        "code": one.code, "charge_model": one.charge_model, "properties": one.properties, "units": str(one.units),
    }


def _changes(before: State, after: State) -> dict[str, Any]:
    """What was otherwise before, as it was; None for what was not there."""
    parts = {name: _changed(before[name], after[name]) for name in ("charges", "fixed_charges")}
    changes: dict[str, Any] = {name: part for name, part in parts.items() if part}
    if before["amount_cents"] != after["amount_cents"]:
        changes["amount_cents"] = before["amount_cents"]
    return changes


def _changed(before: State, after: State) -> dict[str, Any]:
    keys = [*before, *(key for key in after if key not in before)]
    return {key: before.get(key) for key in keys if before.get(key) != after.get(key)}
