"""A new fixed charge of a plan, by itself (02 §8.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.fixed_charge_inputs import FixedChargeInput
from lago.catalog.models import AddOn, Plan
from lago.catalog.queries import add_on_by_code, add_ons_by_id, lock_plan
from lago.catalog.write_fixed_charges import UnitsChange, create_fixed_charges
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.fields import ALREADY_EXISTS, MANDATORY
from lago.core.ids import as_uuid
from lago.core.outbox import announce


def create_fixed_charge(plan: Plan, data: Mapping[str, Any]) -> UnitsChange:
    """A fixed charge of the plan, with units from now on if the client says so. `data` is the client's object.

    Raises NotFound for an unknown add-on or tax, Invalid for bad values or a code that is missing or taken.
    """
    lock_plan(plan)
    before = before_cascade(plan, data)
    values = FixedChargeInput().read(data)
    add_on = _add_on(plan, values)
    if values.get("code") is None:
        raise Invalid({"code": [MANDATORY]})
    if any(row.code == values["code"] for row in plan.fixed_charges):
        raise Invalid({"code": [ALREADY_EXISTS]})
    (change,) = create_fixed_charges(plan, [{**data, "add_on_id": add_on.id, "id": None}], {add_on.id: add_on})
    db.session.expire(plan, ["fixed_charges"])
    cascade(plan, before, [change])
    announce("plan.updated", plan)
    return change


def _add_on(plan: Plan, values: Mapping[str, Any]) -> AddOn:
    """The add-on of that id, else of that code."""
    identifier, add_on = as_uuid(values.get("add_on_id")), None
    if identifier:
        add_on = add_ons_by_id(plan.organization_id, [identifier]).get(identifier)
    elif values.get("add_on_code"):
        add_on = add_on_by_code(plan.organization_id, values["add_on_code"])
    if add_on is None:
        raise NotFound("add_on")
    return add_on
