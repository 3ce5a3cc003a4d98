"""`/plans/:code/fixed_charges` (02 §8.1)."""

from typing import Any

from lago.api.charges import locked_plan, plan_of
from lago.api.kit import body, found, many, one, optional
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.delete_fixed_charge import delete_fixed_charge
from lago.catalog.models import FixedCharge, Plan
from lago.catalog.schemas import FixedChargeSchema
from lago.invoicing.update_plan import create_fixed_charge, update_fixed_charge


@endpoint("GET", "/plans/<code:code>/fixed_charges", permission="plan")
def list_(code: str) -> dict[str, Any]:
    return many("fixed_charges", FixedChargeSchema(), queries.fixed_charges(plan_of(code)))


@endpoint("POST", "/plans/<code:code>/fixed_charges", permission="plan")
def create_(code: str) -> dict[str, Any]:
    return one("fixed_charge", FixedChargeSchema(), create_fixed_charge(plan_of(code), body("fixed_charge")))


@endpoint("GET", "/plans/<code:code>/fixed_charges/<code:fixed_charge_code>", permission="plan")
def show_(code: str, fixed_charge_code: str) -> dict[str, Any]:
    return one("fixed_charge", FixedChargeSchema(), _fixed_charge(plan_of(code), fixed_charge_code))


@endpoint("PUT PATCH", "/plans/<code:code>/fixed_charges/<code:fixed_charge_code>", permission="plan")
def update_(code: str, fixed_charge_code: str) -> dict[str, Any]:
    plan = locked_plan(code)
    fixed_charge = _fixed_charge(plan, fixed_charge_code)
    update_fixed_charge(plan, fixed_charge, body("fixed_charge"))
    return one("fixed_charge", FixedChargeSchema(), fixed_charge)


@endpoint("DELETE", "/plans/<code:code>/fixed_charges/<code:fixed_charge_code>", permission="plan")
def delete_(code: str, fixed_charge_code: str) -> dict[str, Any]:
    plan = locked_plan(code)
    fixed_charge = _fixed_charge(plan, fixed_charge_code)
    delete_fixed_charge(plan, fixed_charge, optional("fixed_charge"))
    return one("fixed_charge", FixedChargeSchema(), fixed_charge)


def _fixed_charge(plan: Plan, code: str) -> FixedCharge:
    return found(queries.fixed_charge_by_code(plan, code), "fixed_charge")
