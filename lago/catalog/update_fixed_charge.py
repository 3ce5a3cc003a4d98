"""Changes of a fixed charge, by itself (02 §8.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.fixed_charge_inputs import FixedChargeInput
from lago.catalog.fixed_charge_rules import check_fixed_charge
from lago.catalog.models import FixedCharge, Plan
from lago.catalog.queries import has_had_subscriptions, taxes_by_code
from lago.catalog.write_fixed_charges import CODE_INDEX, UnitsChange, assign, assign_taxes
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import announce


def update_fixed_charge(plan: Plan, fixed_charge: FixedCharge, data: Mapping[str, Any]) -> UnitsChange | None:
    """Changes a fixed charge of the plan as the client's object says; what that changes for its units.

    `plan` is locked (`lock_plan`). Raises Invalid, or NotFound for an unknown tax.
    """
    before = before_cascade(plan, data)
    values, fixed = FixedChargeInput().read(data), has_had_subscriptions(plan)
    taxes = taxes_by_code(plan.organization_id, values.get("tax_codes", ()))
    with unique(CODE_INDEX, "code"), db.session.no_autoflush:
        change = assign(fixed_charge, values, terms_are_fixed=fixed)
        assign_taxes(fixed_charge, values, taxes)
        if values.get("code") is not None and not fixed:
            _rename(plan, fixed_charge, values["code"])
        check_fixed_charge(fixed_charge, plan.amount_currency)
    cascade(plan, before, [change] if change else [])
    announce("plan.updated", plan)
    return change


def _rename(plan: Plan, fixed_charge: FixedCharge, code: str) -> None:
    if any(row.code == code for row in plan.fixed_charges if row.id != fixed_charge.id):
        raise Invalid({"code": [ALREADY_EXISTS]})
    fixed_charge.code = code
