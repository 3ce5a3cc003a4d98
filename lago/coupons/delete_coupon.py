"""The end of a coupon, also where it was applied (04 §8.1)."""

from lago.catalog.coupon_queries import lock_coupon
from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.coupons.models import AppliedCoupon
from lago.coupons.terminate import terminate_all


def delete_coupon(coupon: Coupon) -> None:
    """Deletes the coupon, whose code is free again; customers have it no longer. Issued invoices stay as they are."""
    lock_coupon(coupon)
    coupon.deleted_at, coupon.expiration_due_at = clock.now(), None
    db.session.flush()
    terminate_all(AppliedCoupon.coupon_id == coupon.id)
    announce("coupon.deleted", coupon)
