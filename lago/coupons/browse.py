"""What the pages show of coupons."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from lago.catalog.coupon_queries import coupons
from lago.catalog.models import Coupon
from lago.core.db import db
from lago.coupons.models import AppliedCoupon
from lago.coupons.queries import applied_coupons
from lago.customers.models import Customer


@dataclass(frozen=True)
class CouponFilter:
    """`search`: a part of the name or the code, in any case."""

    search: str | None = None
    status: str | None = None


def browse_coupons(organization_id: uuid.UUID, chosen: CouponFilter) -> Select[Coupon]:
    """The organization's coupons in the order of the API."""
    query = coupons(organization_id)
    if chosen.search:
        columns = (Coupon.name, Coupon.code)
        query = query.where(or_(*(column.icontains(chosen.search, autoescape=True) for column in columns)))
    return query.where(Coupon.status == chosen.status) if chosen.status else query


def customer_counts(some: Iterable[Coupon]) -> dict[uuid.UUID, tuple[int, int]]:
    """How many customers have each of the coupons now, and how many have had it; those without any are left out.
    Customers who were deleted have none."""
    active = func.count(AppliedCoupon.customer_id.distinct()).filter(AppliedCoupon.status == "active")
    query = (
        select(AppliedCoupon.coupon_id, active, func.count(AppliedCoupon.customer_id.distinct()))
        .join(Customer, Customer.id == AppliedCoupon.customer_id)
        .where(AppliedCoupon.coupon_id.in_([one.id for one in some]), Customer.deleted_at.is_(None))
        .group_by(AppliedCoupon.coupon_id)
    )
    return {coupon_id: (now, ever) for coupon_id, now, ever in db.session.execute(query)}


def applied_of(coupon: Coupon) -> Select[AppliedCoupon]:
    """Where it was applied: active ones first, the newest of them first."""
    query = applied_coupons(coupon.organization_id).where(AppliedCoupon.coupon_id == coupon.id)
    return query.order_by(None).order_by(
        AppliedCoupon.status, AppliedCoupon.created_at.desc(), AppliedCoupon.seq.desc()
    )


def applied_to(customer: Customer) -> Select[AppliedCoupon]:
    """What a customer has, and had, of coupons: active ones first, the newest of them first. Of one who was deleted,
    too."""
    query = select(AppliedCoupon).where(AppliedCoupon.customer_id == customer.id)
    return query.order_by(AppliedCoupon.status, AppliedCoupon.created_at.desc(), AppliedCoupon.seq.desc())


def find_applied(organization_id: uuid.UUID, applied_id: uuid.UUID) -> AppliedCoupon | None:
    return db.session.scalar(applied_coupons(organization_id).where(AppliedCoupon.id == applied_id))
