"""The end of what customers have of coupons (04 §8.2)."""

from sqlalchemy import ColumnElement, update

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.coupons.models import AppliedCoupon


def terminate(applied: AppliedCoupon) -> None:
    """No later invoice uses it. One that has ended stays as it is."""
    if applied.status == "active":
        applied.status, applied.terminated_at = "terminated", clock.now()
        announce("applied_coupon.deleted", applied)
    db.session.flush()


def terminate_all(of: ColumnElement[bool]) -> None:
    """The same of all that are active: of a customer, or of a coupon."""
    ended = {"status": "terminated", "terminated_at": clock.now()}
    db.session.execute(update(AppliedCoupon).where(of, AppliedCoupon.status == "active").values(ended))
