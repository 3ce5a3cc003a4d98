"""The end of coupons by time (04 §8.1)."""

import uuid
from collections.abc import Collection

from sqlalchemy import update

from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db
from lago.core.fields import iso
from lago.core.outbox import announce


def expire_coupons(organization_ids: Collection[uuid.UUID]) -> None:
    """Ends the coupons of these organizations whose time is over. Where they were applied, they go on until used up."""
    due = (Coupon.organization_id.in_(organization_ids), Coupon.expiration_due_at <= clock.now())
    ended = {"status": "terminated", "terminated_at": clock.now(), "expiration_due_at": None}
    changes = {"status": ["active", "terminated"], "terminated_at": [None, iso(clock.now())]}
    for coupon in db.session.scalars(update(Coupon).where(*due).values(ended).returning(Coupon)).all():
        announce("coupon.updated", coupon, changes)
