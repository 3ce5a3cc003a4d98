"""`/plans/:code/charges` (02 §2.2)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one, optional
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_charge import create_charge
from lago.catalog.delete_charge import delete_charge
from lago.catalog.models import Charge, Plan
from lago.catalog.schemas import ChargeSchema
from lago.catalog.update_charge import update_charge


@endpoint("GET", "/plans/<code:code>/charges", permission="plan")
def list_(code: str) -> dict[str, Any]:
    return many("charges", ChargeSchema(), queries.charges(plan_of(code)))


@endpoint("POST", "/plans/<code:code>/charges", permission="plan")
def create_(code: str) -> dict[str, Any]:
    return one("charge", ChargeSchema(), create_charge(plan_of(code), body("charge")))


@endpoint("GET", "/plans/<code:code>/charges/<code:charge_code>", permission="plan")
def show_(code: str, charge_code: str) -> dict[str, Any]:
    return one("charge", ChargeSchema(), charge_of(plan_of(code), charge_code))


@endpoint("PUT PATCH", "/plans/<code:code>/charges/<code:charge_code>", permission="plan")
def update_(code: str, charge_code: str) -> dict[str, Any]:
    plan = locked_plan(code)
    charge = charge_of(plan, charge_code)
    update_charge(plan, charge, body("charge"))
    return one("charge", ChargeSchema(), charge)


@endpoint("DELETE", "/plans/<code:code>/charges/<code:charge_code>", permission="plan")
def delete_(code: str, charge_code: str) -> dict[str, Any]:
    plan = locked_plan(code)
    charge = charge_of(plan, charge_code)
    delete_charge(plan, charge, optional("charge"))
    return one("charge", ChargeSchema(), charge)


def plan_of(code: str) -> Plan:
    """The plan of that code of the caller's organization. Raises NotFound."""
    return found(queries.plan_by_code(current_organization().id, code), "plan")


def locked_plan(code: str) -> Plan:
    """The same, kept from changes of others."""
    plan = plan_of(code)
    queries.lock_plan(plan)
    return plan


def charge_of(plan: Plan, code: str) -> Charge:
    """The charge of that code. Raises NotFound."""
    return found(queries.charge_by_code(plan, code), "charge")
