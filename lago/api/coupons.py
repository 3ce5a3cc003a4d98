"""`/coupons` (04 §8.1)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog.coupon_queries import coupon_by_code, coupons
from lago.catalog.coupon_schemas import CouponSchema
from lago.catalog.create_coupon import create_coupon
from lago.catalog.models import Coupon
from lago.catalog.update_coupon import update_coupon
from lago.coupons.delete_coupon import delete_coupon


@endpoint("GET", "/coupons", permission="coupon")
def list_() -> dict[str, Any]:
    return many("coupons", CouponSchema(), coupons(current_organization().id))


@endpoint("POST", "/coupons", permission="coupon")
def create_() -> dict[str, Any]:
    return one("coupon", CouponSchema(), create_coupon(current_organization().id, body("coupon")))


@endpoint("GET", "/coupons/<code:code>", permission="coupon")
def show_(code: str) -> dict[str, Any]:
    return one("coupon", CouponSchema(), _coupon(code))


@endpoint("PUT PATCH", "/coupons/<code:code>", permission="coupon")
def update_(code: str) -> dict[str, Any]:
    coupon = _coupon(code)
    update_coupon(coupon, body("coupon"))
    return one("coupon", CouponSchema(), coupon)


@endpoint("DELETE", "/coupons/<code:code>", permission="coupon")
def delete_(code: str) -> dict[str, Any]:
    coupon = _coupon(code)
    delete_coupon(coupon)
    return one("coupon", CouponSchema(), coupon)


def _coupon(code: str) -> Coupon:
    return found(coupon_by_code(current_organization().id, code), "coupon")
