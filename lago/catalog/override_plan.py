"""A plan of its own for one subscription, made from another one (03 §1.5)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.copies import copy_of
from lago.catalog.create_plan import assign
from lago.catalog.inputs import PlanInput
from lago.catalog.models import Plan
from lago.catalog.override_charges import override_charges
from lago.catalog.override_fixed_charges import override_fixed_charges
from lago.catalog.queries import hold_plan, taxes_of_codes
from lago.catalog.write_charges import given_charges
from lago.catalog.write_commitment import write_commitment
from lago.catalog.write_fixed_charges import given_fixed_charges
from lago.catalog.write_usage_thresholds import write_usage_thresholds
from lago.core.db import db

_INPUT = PlanInput(only=(
    "name", "invoice_display_name", "description", "amount_cents", "amount_currency", "trial_period", "tax_codes",
    "minimum_commitment",
))


def override_plan(plan: Plan, overrides: Mapping[str, Any]) -> Plan:
    """A stored copy of `plan`, which overrides none itself, with what the client's object names in place of its own.

    Taxes, the minimum commitment and what is kept as metadata are not copied. Customers are locked before, not after.
    Raises Invalid; NotFound for an unknown tax; Forbidden for a charge that would be priced by another model.
    """
    hold_plan(plan)
    values = _INPUT.read(overrides, partial=True)
    taxes = taxes_of_codes(plan.organization_id, values.get("tax_codes", ()))
    child = copy_of(plan, parent_id=plan.id, notes=None, taxes=taxes)
    assign(child, values)
    db.session.add(child)
    db.session.flush()
    override_charges(plan, child, given_charges(overrides) or [])
    override_fixed_charges(plan, child, given_fixed_charges(overrides) or [])
    write_commitment(child, values.get("minimum_commitment"))
    write_usage_thresholds(child, overrides.get("usage_thresholds"))
    db.session.expire(child, ["charges", "fixed_charges", "minimum_commitment", "usage_thresholds"])
    return child
