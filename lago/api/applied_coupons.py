"""`/applied_coupons` and `/customers/:external_id/applied_coupons` (04 §8.2)."""

from typing import Any

from lago.api.kit import argument, arguments, body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.coupons.apply_coupon import apply_coupon
from lago.coupons.queries import applied_coupon_of, list_applied_coupons
from lago.coupons.terminate import terminate
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.invoicing.applied_coupon_schema import UsedCouponSchema


@endpoint("GET", "/applied_coupons", permission="applied_coupon")
def list_all_applied_coupons() -> dict[str, Any]:
    return _listed(argument("external_customer_id"))


@endpoint("GET", "/customers/<segment:external_id>/applied_coupons", permission="applied_coupon")
def list_customer_applied_coupons(external_id: str) -> dict[str, Any]:
    return _listed(_customer(external_id).external_id)


@endpoint("POST", "/applied_coupons", permission="applied_coupon")
def apply() -> dict[str, Any]:
    data = body("applied_coupon")
    customer = _held(str(data.get("external_customer_id") or ""))
    return one("applied_coupon", UsedCouponSchema(), apply_coupon(customer, str(data.get("coupon_code") or ""), data))


@endpoint(
    "DELETE", "/customers/<segment:external_id>/applied_coupons/<segment:lago_id>", permission="applied_coupon"
)
def end(external_id: str, lago_id: str) -> dict[str, Any]:
    applied = found(applied_coupon_of(_held(external_id), lago_id), "applied_coupon")
    terminate(applied)
    return one("applied_coupon", UsedCouponSchema(), applied)


def _listed(external_id: str | None) -> dict[str, Any]:
    filters = {
        "external_customer_id": external_id, "status": argument("status"), "coupon_codes": arguments("coupon_code"),
    }
    query = list_applied_coupons(current_organization().id, filters)
    return many("applied_coupons", UsedCouponSchema(credits=True), query)


def _held(external_id: str) -> Customer:
    """The customer, locked."""
    customer = _customer(external_id)
    hold(customer.id, current_organization())
    return customer


def _customer(external_id: str) -> Customer:
    return found(customer_by_external_id(current_organization().id, external_id), "customer")
