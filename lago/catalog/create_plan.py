"""A new plan with its charges and fixed charges (03 §1.2)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.inputs import PlanInput
from lago.catalog.models import Plan
from lago.catalog.queries import plan_by_code, taxes_of_codes
from lago.catalog.write_charges import create_charges, given_charges, metrics_of
from lago.catalog.write_commitment import write_commitment
from lago.catalog.write_fixed_charges import add_ons_of, create_fixed_charges, given_fixed_charges
from lago.catalog.write_metadata import write_metadata
from lago.catalog.write_usage_thresholds import write_usage_thresholds
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import announce

SPLIT_BY_MONTH = ("semiannual", "yearly")
MONTHLY_FLAGS = ("bill_charges_monthly", "bill_fixed_charges_monthly")

_COPIED = (
    "name", "code", "invoice_display_name", "description", "interval", "amount_cents", "amount_currency",
    "pay_in_advance", "trial_period",
)


def create_plan(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Plan:
    """A plan of the organization. `data` is the client's object.

    Raises Invalid; NotFound for an unknown metric or add-on, before anything else is looked at, or an unknown tax.
    """
    rows = given_charges(data) or []
    metrics = metrics_of(organization_id, rows)
    fixed_rows = given_fixed_charges(data) or []
    add_ons = add_ons_of(organization_id, fixed_rows)
    values = PlanInput().read(data)
    check_code(organization_id, values["code"])
    plan = Plan(organization_id=organization_id, taxes=taxes_of_codes(organization_id, values.get("tax_codes", ())))
    assign(plan, values)
    write_metadata(plan, values)
    set_monthly_flags(plan, values)
    with unique("uq_plans_code", "code"):
        db.session.add(plan)
    create_charges(plan, rows, metrics)
    create_fixed_charges(plan, fixed_rows, add_ons)
    write_commitment(plan, values.get("minimum_commitment"))
    write_usage_thresholds(plan, values.get("usage_thresholds"))
    announce("plan.created", plan)
    return plan


def assign(plan: Plan, values: Mapping[str, Any]) -> None:
    """Sets what `values` name of the plan's own columns."""
    for name in _COPIED:
        if name in values:
            setattr(plan, name, values[name])


def set_monthly_flags(plan: Plan, values: Mapping[str, Any]) -> None:
    """Whether a long period's charges are billed by the month: null where `values` name no long interval."""
    splits = values.get("interval") in SPLIT_BY_MONTH
    for name in MONTHLY_FLAGS:
        setattr(plan, name, bool(values.get(name)) if splits else None)


def check_code(organization_id: uuid.UUID, code: str) -> None:
    """Raises Invalid if another plan has the code."""
    if plan_by_code(organization_id, code):
        raise Invalid({"code": [ALREADY_EXISTS]})
