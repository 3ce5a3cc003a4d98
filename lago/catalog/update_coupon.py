"""Changes of a coupon (04 §8.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.coupon_inputs import CouponInput, problems, terms_of
from lago.catalog.coupon_queries import has_been_applied, lock_coupon
from lago.catalog.create_coupon import assign, check_code
from lago.catalog.models import Coupon
from lago.core.db import unique
from lago.core.errors import Invalid
from lago.core.outbox import announce

ALWAYS_EDITABLE = ("name", "description", "expiration", "expiration_at")


def update_coupon(coupon: Coupon, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names. Raises Invalid, NotFound, NotAllowed as on creation.

    Of a coupon that was ever applied only ALWAYS_EDITABLE change; anything else is ignored.
    """
    lock_coupon(coupon)
    if has_been_applied(coupon):
        data = {name: value for name, value in data.items() if name in ALWAYS_EDITABLE}
    values = CouponInput().read(data, partial=True)
    if found := problems(terms_of(coupon) | values):
        raise Invalid(found)
    if values.get("code", coupon.code) != coupon.code:
        check_code(coupon.organization_id, values["code"])
    with unique("uq_coupons_code", "code"):
        assign(coupon, values)
    announce("coupon.updated", coupon)
