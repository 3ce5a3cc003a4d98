"""What falls due of the catalog: the end of coupons. It is an organization's own work, so the organization takes the
customer's place."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.catalog.expire_coupons import expire_coupons
from lago.catalog.models import Coupon
from lago.core.due import DueQuery, due_kind


def _expirations() -> DueQuery:
    owner = Coupon.organization_id
    return select(owner, owner.label("customer_id"), Coupon.expiration_due_at.label("due_at"))


@due_kind("catalog.expire_coupons", rank=60, query=_expirations)
def expire(organization_ids: Sequence[uuid.UUID]) -> None:
    expire_coupons(organization_ids)
