"""`/plans/:code/entitlements` (03 §1.7)."""

from collections.abc import Mapping
from typing import Any

from lago.api.kit import current_organization, found, one, payload
from lago.api.routes import endpoint
from lago.catalog.entitlements.delete_entitlement import delete_entitlement
from lago.catalog.entitlements.delete_entitlement_value import delete_entitlement_value
from lago.catalog.entitlements.queries import entitlement_to, entitlements_of
from lago.catalog.entitlements.schemas import PlanEntitlementSchema
from lago.catalog.entitlements.write_entitlements import write_entitlements
from lago.catalog.models import Plan
from lago.catalog.queries import plan_by_code
from lago.core.errors import BadRequest

_ALL = "/plans/<code:code>/entitlements"
_ONE = f"{_ALL}/<code:feature_code>"


@endpoint("GET", _ALL, permission="plan")
def list_(code: str) -> dict[str, Any]:
    return _shown(_plan(code))


@endpoint("POST", _ALL, permission="plan")
def replace_(code: str) -> dict[str, Any]:
    plan = _plan(code)
    write_entitlements(plan, given_entitlements(), replace=True)
    return _shown(plan)


@endpoint("PATCH", _ALL, permission="plan")
def merge_(code: str) -> dict[str, Any]:
    plan = _plan(code)
    write_entitlements(plan, given_entitlements(), replace=False)
    return _shown(plan)


@endpoint("GET", _ONE, permission="plan")
def show_(code: str, feature_code: str) -> dict[str, Any]:
    return one("entitlement", PlanEntitlementSchema(), found(entitlement_to(_plan(code), feature_code), "entitlement"))


@endpoint("DELETE", _ONE, permission="plan")
def delete_(code: str, feature_code: str) -> dict[str, Any]:
    return one("entitlement", PlanEntitlementSchema(), delete_entitlement(_plan(code), feature_code))


@endpoint("DELETE", f"{_ONE}/privileges/<code:privilege_code>", permission="plan")
def delete_privilege_(code: str, feature_code: str, privilege_code: str) -> dict[str, Any]:
    entitlement = delete_entitlement_value(_plan(code), feature_code, privilege_code)
    return one("entitlement", PlanEntitlementSchema(), entitlement)


def given_entitlements() -> Mapping[str, Any]:
    """The object under `entitlements`, which may be left out (contract, differences). Raises BadRequest for what is no
    object: nothing named would take everything from a plan."""
    data = payload().get("entitlements")
    if not isinstance(data, dict | None):
        raise BadRequest("BadRequest: param is missing or the value is empty or invalid: entitlements")
    return data or {}


def _plan(code: str) -> Plan:
    return found(plan_by_code(current_organization().id, code), "plan")


def _shown(plan: Plan) -> dict[str, Any]:
    return {"entitlements": PlanEntitlementSchema(many=True).dump(entitlements_of(plan))}
