"""The end of a coupon by hand (04 §8.1)."""

from lago.catalog.coupon_queries import lock_coupon
from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def terminate_coupon(coupon: Coupon) -> None:
    """No customer can get it any more. Where it was applied, it goes on until used up. One that has ended stays so."""
    lock_coupon(coupon)
    if coupon.status == "active":
        coupon.status, coupon.terminated_at, coupon.expiration_due_at = "terminated", clock.now(), None
        announce("coupon.updated", coupon)
    db.session.flush()
