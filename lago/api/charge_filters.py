"""`/plans/:code/charges/:charge_code/filters` (02 §2.6)."""

from typing import Any

from lago.api.charges import charge_of, locked_plan, plan_of
from lago.api.kit import body, found, many, one, optional
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_charge_filter import create_charge_filter
from lago.catalog.delete_charge_filter import delete_charge_filter
from lago.catalog.models import Charge, ChargeFilter
from lago.catalog.schemas import ChargeFilterSchema
from lago.catalog.update_charge_filter import update_charge_filter

_LIST = "/plans/<code:code>/charges/<code:charge_code>/filters"
_ONE = f"{_LIST}/<segment:filter_id>"


@endpoint("GET", _LIST, permission="plan")
def list_(code: str, charge_code: str) -> dict[str, Any]:
    return list_filters(charge_of(plan_of(code), charge_code))


@endpoint("POST", _LIST, permission="plan")
def create_(code: str, charge_code: str) -> dict[str, Any]:
    plan = locked_plan(code)
    charge = charge_of(plan, charge_code)
    return show_filter(charge, create_charge_filter(plan, charge, body("filter")))


@endpoint("GET", _ONE, permission="plan")
def show_(code: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    charge = charge_of(plan_of(code), charge_code)
    return show_filter(charge, filter_of(charge, filter_id))


@endpoint("PUT PATCH", _ONE, permission="plan")
def update_(code: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    plan = locked_plan(code)
    charge = charge_of(plan, charge_code)
    charge_filter = filter_of(charge, filter_id)
    update_charge_filter(plan, charge, charge_filter, body("filter"))
    return show_filter(charge, charge_filter)


@endpoint("DELETE", _ONE, permission="plan")
def delete_(code: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    plan = locked_plan(code)
    charge = charge_of(plan, charge_code)
    charge_filter = filter_of(charge, filter_id)
    delete_charge_filter(plan, charge, charge_filter, optional("filter"))
    return show_filter(charge, charge_filter)


def list_filters(charge: Charge) -> dict[str, Any]:
    """A page of the filters of a charge."""
    return many("filters", ChargeFilterSchema(charge.code), queries.charge_filters(charge))


def show_filter(charge: Charge, charge_filter: ChargeFilter) -> dict[str, Any]:
    """One of them."""
    return one("filter", ChargeFilterSchema(charge.code), charge_filter)


def filter_of(charge: Charge, filter_id: str) -> ChargeFilter:
    """The filter of that id. Raises NotFound."""
    return found(queries.charge_filter_by_id(charge, filter_id), "charge_filter")
