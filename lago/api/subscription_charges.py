"""`/subscriptions/:external_id/charges` and the filters of these charges (03 §2.5)."""

from typing import Any, NoReturn

from lago.api.charge_filters import filter_of, list_filters, show_filter
from lago.api.charges import charge_of
from lago.api.kit import argument, body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.models import Charge, Plan
from lago.catalog.not_yet import NOT_SUPPORTED_YET
from lago.catalog.schemas import ChargeSchema
from lago.core.errors import Invalid
from lago.subscriptions.queries import subscription_by_external_id

_CHARGES = "/subscriptions/<segment:external_id>/charges"
_CHARGE = f"{_CHARGES}/<code:charge_code>"
_FILTERS = f"{_CHARGE}/filters"
_FILTER = f"{_FILTERS}/<segment:filter_id>"


@endpoint("GET", _CHARGES, permission="subscription")
def list_charges(external_id: str) -> dict[str, Any]:
    return many("charges", ChargeSchema(), queries.charges(_plan(external_id)))


@endpoint("GET", _CHARGE, permission="subscription")
def show_charge(external_id: str, charge_code: str) -> dict[str, Any]:
    return one("charge", ChargeSchema(), _charge(external_id, charge_code))


@endpoint("PUT PATCH", _CHARGE, permission="subscription")
def update_charge(external_id: str, charge_code: str) -> NoReturn:
    _charge(external_id, charge_code)
    _refuse("charge")


@endpoint("GET", _FILTERS, permission="subscription")
def list_charge_filters(external_id: str, charge_code: str) -> dict[str, Any]:
    return list_filters(_charge(external_id, charge_code))


@endpoint("POST", _FILTERS, permission="subscription")
def create_charge_filter(external_id: str, charge_code: str) -> NoReturn:
    _charge(external_id, charge_code)
    _refuse("filter")


@endpoint("GET", _FILTER, permission="subscription")
def show_charge_filter(external_id: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    charge = _charge(external_id, charge_code)
    return show_filter(charge, filter_of(charge, filter_id))


@endpoint("PUT PATCH", _FILTER, permission="subscription")
def update_charge_filter(external_id: str, charge_code: str, filter_id: str) -> NoReturn:
    filter_of(_charge(external_id, charge_code), filter_id)
    _refuse("filter")


@endpoint("DELETE", _FILTER, permission="subscription")
def delete_charge_filter(external_id: str, charge_code: str, filter_id: str) -> NoReturn:
    filter_of(_charge(external_id, charge_code), filter_id)
    raise Invalid({"filter": [NOT_SUPPORTED_YET]})


def _plan(external_id: str) -> Plan:
    """The plan of the subscription, its own if it has one."""
    status = argument("subscription_status") or argument("status") or "active"
    subscription = subscription_by_external_id(current_organization().id, external_id, status)
    return found(subscription, "subscription").plan


def _charge(external_id: str, code: str) -> Charge:
    return charge_of(_plan(external_id), code)


def _refuse(root: str) -> NoReturn:
    """Prices for one subscription need a plan of its own, which cannot be had yet. Raises BadRequest or Invalid."""
    body(root)
    raise Invalid({root: [NOT_SUPPORTED_YET]})
