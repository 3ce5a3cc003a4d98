"""Changes of a plan, its charges and fixed charges (03 §1.3)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.create_plan import assign, check_code, set_monthly_flags
from lago.catalog.inputs import PlanInput
from lago.catalog.models import Plan
from lago.catalog.queries import has_had_subscriptions, lock_plan, taxes_of_codes
from lago.catalog.write_charges import given_charges, metrics_of, replace_charges
from lago.catalog.write_commitment import write_commitment
from lago.catalog.write_fixed_charges import UnitsChange, add_ons_of, given_fixed_charges, replace_fixed_charges
from lago.catalog.write_metadata import write_metadata
from lago.catalog.write_usage_thresholds import write_usage_thresholds
from lago.core.db import db, unique
from lago.core.outbox import announce, enqueue

FIXED_BY_SUBSCRIPTIONS = (
    "code", "interval", "pay_in_advance", "amount_currency", "trial_period", "bill_charges_monthly",
    "bill_fixed_charges_monthly",
)
"""What is ignored once the plan has had a subscription."""


def update_plan(plan: Plan, data: Mapping[str, Any]) -> list[UnitsChange]:
    """Changes what the client's object names; `charges`, `fixed_charges` and `tax_codes` replace all that there were.

    The fixed charges that are new or have other units. Raises Invalid; NotFound for an unknown metric or add-on,
    before anything else is looked at, or an unknown tax.
    """
    lock_plan(plan)
    before, amount = before_cascade(plan, data), plan.amount_cents
    fixed = has_had_subscriptions(plan)
    rows = given_charges(data)
    metrics = metrics_of(plan.organization_id, rows or [], [charge.id for charge in plan.charges])
    fixed_rows = given_fixed_charges(data)
    add_ons = add_ons_of(plan.organization_id, fixed_rows or [], plan.fixed_charges)
    values = _read(data, fixed)
    if values.get("code", plan.code) != plan.code:
        check_code(plan.organization_id, values["code"])
    if "tax_codes" in values:
        plan.taxes = taxes_of_codes(plan.organization_id, values["tax_codes"])
    with unique("uq_plans_code", "code"):
        assign(plan, values)
        write_metadata(plan, values)
        if not fixed:
            set_monthly_flags(plan, values)
    if rows is not None:
        replace_charges(plan, rows, metrics, terms_are_fixed=fixed)
        db.session.expire(plan, ["charges"])
    changes = []
    if fixed_rows is not None:
        changes = replace_fixed_charges(plan, fixed_rows, add_ons, terms_are_fixed=fixed)
        db.session.expire(plan, ["fixed_charges"])
    write_commitment(plan, values.get("minimum_commitment"))
    write_usage_thresholds(plan, values.get("usage_thresholds"))
    enqueue("invoicing.flag_drafts", organization_id=plan.organization_id, plan_ids=[str(plan.id)])
    if plan.amount_cents != amount:
        enqueue("subscriptions.follow_amount", organization_id=plan.organization_id, plan_id=plan.id)
    cascade(plan, before, changes)
    announce("plan.updated", plan)
    return changes


def _read(data: Mapping[str, Any], fixed: bool) -> dict[str, Any]:
    if fixed:
        data = {name: value for name, value in data.items() if name not in FIXED_BY_SUBSCRIPTIONS}
    return PlanInput().read(data, partial=True)
