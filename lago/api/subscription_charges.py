"""`/subscriptions/:external_id/charges` and the filters of these charges (03 §2.5)."""

from typing import Any

from lago.api.asked_status import asked_status
from lago.api.charge_filters import filter_of, list_filters, show_filter
from lago.api.charges import charge_of
from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.models import Charge, Plan
from lago.catalog.schemas import ChargeFilterSchema, ChargeSchema
from lago.invoicing.change_own_charge import change_own_charge
from lago.invoicing.own_filters import create_own_filter, delete_own_filter, update_own_filter
from lago.subscriptions.models import Subscription
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
def update_charge(external_id: str, charge_code: str) -> dict[str, Any]:
    return one("charge", ChargeSchema(), change_own_charge(_subscription(external_id), charge_code, body("charge")))


@endpoint("GET", _FILTERS, permission="subscription")
def list_charge_filters(external_id: str, charge_code: str) -> dict[str, Any]:
    return list_filters(_charge(external_id, charge_code))


@endpoint("POST", _FILTERS, permission="subscription")
def create_charge_filter(external_id: str, charge_code: str) -> dict[str, Any]:
    created = create_own_filter(_subscription(external_id), charge_code, body("filter"))
    return one("filter", ChargeFilterSchema(charge_code), created)


@endpoint("GET", _FILTER, permission="subscription")
def show_charge_filter(external_id: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    charge = _charge(external_id, charge_code)
    return show_filter(charge, filter_of(charge, filter_id))


@endpoint("PUT PATCH", _FILTER, permission="subscription")
def update_charge_filter(external_id: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    changed = update_own_filter(_subscription(external_id), charge_code, filter_id, body("filter"))
    return one("filter", ChargeFilterSchema(charge_code), changed)


@endpoint("DELETE", _FILTER, permission="subscription")
def delete_charge_filter(external_id: str, charge_code: str, filter_id: str) -> dict[str, Any]:
    deleted = delete_own_filter(_subscription(external_id), charge_code, filter_id)
    return one("filter", ChargeFilterSchema(charge_code), deleted)


def _subscription(external_id: str) -> Subscription:
    return found(subscription_by_external_id(current_organization().id, external_id, asked_status()), "subscription")


def _plan(external_id: str) -> Plan:
    """The plan of the subscription, its own if it has one."""
    return _subscription(external_id).plan


def _charge(external_id: str, code: str) -> Charge:
    return charge_of(_plan(external_id), code)
