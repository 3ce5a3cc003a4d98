"""`/plans` (03 §1)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_plan import create_plan
from lago.catalog.delete_plan import delete_plan
from lago.catalog.models import Plan
from lago.catalog.schemas import PlanSchema
from lago.invoicing.update_plan import update_plan


@endpoint("GET", "/plans", permission="plan")
def list_() -> dict[str, Any]:
    return many("plans", PlanSchema(place="list"), queries.plans_to_list(current_organization().id))


@endpoint("POST", "/plans", permission="plan")
def create_() -> dict[str, Any]:
    return one("plan", PlanSchema(), create_plan(current_organization().id, body("plan")))


@endpoint("GET", "/plans/<code:code>", permission="plan")
def show_(code: str) -> dict[str, Any]:
    return one("plan", PlanSchema(), _plan(code))


@endpoint("PUT PATCH", "/plans/<code:code>", permission="plan")
def update_(code: str) -> dict[str, Any]:
    plan = _plan(code)
    update_plan(plan, body("plan"))
    return one("plan", PlanSchema(), plan)


@endpoint("DELETE", "/plans/<code:code>", permission="plan")
def delete_(code: str) -> dict[str, Any]:
    plan = _plan(code)
    delete_plan(plan)
    return one("plan", PlanSchema(), plan)


def _plan(code: str) -> Plan:
    return found(queries.plan_by_code(current_organization().id, code), "plan")
