"""Changes of a plan, its charges and fixed charges (03 §1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.create_plan import assign, check_code, set_monthly_flags
from lago.catalog.inputs import PlanInput
from lago.catalog.models import Plan
from lago.catalog.queries import has_had_subscriptions, lock_plan, taxes_of_codes
from lago.catalog.write_charges import Metrics, Row, given_charges, metrics_of, replace_charges
from lago.catalog.write_commitment import write_commitment
from lago.catalog.write_fixed_charges import (
    AddOns,
    UnitsChange,
    add_ons_of,
    given_fixed_charges,
    replace_fixed_charges,
)
from lago.catalog.write_metadata import write_metadata
from lago.catalog.write_usage_thresholds import write_usage_thresholds
from lago.core.db import db, unique
from lago.core.outbox import announce, enqueue

FIXED_BY_SUBSCRIPTIONS = (
    "code", "interval", "pay_in_advance", "amount_currency", "trial_period", "bill_charges_monthly",
    "bill_fixed_charges_monthly",
)
"""What is ignored once the plan has had a subscription."""


@dataclass(frozen=True)
class _Request:
    """What a client's object asks of a plan, read before anything is changed.

    `terms_are_fixed`: the plan has had a subscription. `charges` and `fixed_charges` are None where they are to stay.
    """

    terms_are_fixed: bool
    values: dict[str, Any]
    charges: list[Row] | None
    metrics: Metrics
    fixed_charges: list[Row] | None
    add_ons: AddOns


def update_plan(plan: Plan, data: Mapping[str, Any]) -> list[UnitsChange]:
    """Changes what the client's object names; `charges`, `fixed_charges` and `tax_codes` replace all that there were.

    The fixed charges that are new or have other units. Raises Invalid; NotFound for an unknown metric or add-on,
    before anything else is looked at, or an unknown tax.
    """
    lock_plan(plan)
    before, amount = before_cascade(plan, data), plan.amount_cents
    request = _read(plan, data)
    _write_plan(plan, request)
    changes = _write_parts(plan, request)
    enqueue("invoicing.flag_drafts", organization_id=plan.organization_id, plan_ids=[str(plan.id)])
    if plan.amount_cents != amount:
        enqueue("subscriptions.follow_amount", organization_id=plan.organization_id, plan_id=plan.id)
    cascade(plan, before, changes)
    announce("plan.updated", plan)
    return changes


def _read(plan: Plan, data: Mapping[str, Any]) -> _Request:
    fixed = has_had_subscriptions(plan)
    rows, fixed_rows = given_charges(data), given_fixed_charges(data)
    metrics = metrics_of(plan.organization_id, rows or [], [charge.id for charge in plan.charges])
    add_ons = add_ons_of(plan.organization_id, fixed_rows or [], plan.fixed_charges)
    if fixed:
        data = {name: value for name, value in data.items() if name not in FIXED_BY_SUBSCRIPTIONS}
    return _Request(fixed, PlanInput().read(data, partial=True), rows, metrics, fixed_rows, add_ons)


def _write_plan(plan: Plan, request: _Request) -> None:
    """The plan's own columns, its notes and its taxes."""
    values = request.values
    if values.get("code", plan.code) != plan.code:
        check_code(plan.organization_id, values["code"])
    if "tax_codes" in values:
        plan.taxes = taxes_of_codes(plan.organization_id, values["tax_codes"])
    with unique("uq_plans_code", "code"):
        assign(plan, values)
        write_metadata(plan, values)
        if not request.terms_are_fixed:
            set_monthly_flags(plan, values)


def _write_parts(plan: Plan, request: _Request) -> list[UnitsChange]:
    fixed, changes = request.terms_are_fixed, []
    if request.charges is not None:
        replace_charges(plan, request.charges, request.metrics, terms_are_fixed=fixed)
        db.session.expire(plan, ["charges"])
    if request.fixed_charges is not None:
        changes = replace_fixed_charges(plan, request.fixed_charges, request.add_ons, terms_are_fixed=fixed)
        db.session.expire(plan, ["fixed_charges"])
    write_commitment(plan, request.values.get("minimum_commitment"))
    write_usage_thresholds(plan, request.values.get("usage_thresholds"))
    return changes
