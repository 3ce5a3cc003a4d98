"""Reads of coupons as they were applied to customers."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, literal, select, union_all
from sqlalchemy.orm import lazyload

from lago.catalog.models import Charge, Coupon, coupon_billable_metrics, coupon_plans
from lago.core.db import db
from lago.core.ids import as_uuid
from lago.coupons.models import AppliedCoupon
from lago.customers.models import Customer

STATUSES = ("active", "terminated")


@dataclass(frozen=True)
class Targets:
    """What a coupon is limited to, by ids; both empty if it is not."""

    plan_ids: set[uuid.UUID] = field(default_factory=set)
    metric_ids: set[uuid.UUID] = field(default_factory=set)


def applied_coupons(organization_id: uuid.UUID) -> Select[AppliedCoupon]:
    """Applied coupons of customers who are not deleted, newest first."""
    query = select(AppliedCoupon).join(Customer, Customer.id == AppliedCoupon.customer_id)
    kept = query.where(AppliedCoupon.organization_id == organization_id, Customer.deleted_at.is_(None))
    return kept.order_by(AppliedCoupon.created_at.desc(), AppliedCoupon.seq.desc())


def list_applied_coupons(organization_id: uuid.UUID, filters: Mapping[str, Any]) -> Select[AppliedCoupon]:
    """The same, narrowed by `status`, `coupon_codes` and `external_customer_id`; an unknown status is no filter."""
    query = applied_coupons(organization_id)
    if filters.get("status") in STATUSES:
        query = query.where(AppliedCoupon.status == filters["status"])
    if filters.get("coupon_codes"):
        named = select(Coupon.id).where(
            Coupon.organization_id == organization_id, Coupon.code.in_(filters["coupon_codes"])
        )
        query = query.where(AppliedCoupon.coupon_id.in_(named))
    if filters.get("external_customer_id"):
        query = query.where(Customer.external_id == filters["external_customer_id"])
    return query


def applied_coupon_of(customer: Customer, text: str) -> AppliedCoupon | None:
    """The applied coupon of that id, if it is the customer's."""
    identifier = as_uuid(text)
    of_customer = applied_coupons(customer.organization_id).where(AppliedCoupon.customer_id == customer.id)
    return db.session.scalar(of_customer.where(AppliedCoupon.id == identifier)) if identifier else None


def active_coupons(customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[AppliedCoupon]]:
    """The coupons that customers have, by customer, in the order in which invoices use them (04 §8.3): those limited
    to metrics, those limited to plans, the others; the oldest first. As they are now; the customers are locked."""
    query = (
        select(AppliedCoupon)
        .join(Coupon, Coupon.id == AppliedCoupon.coupon_id)
        .where(AppliedCoupon.customer_id.in_(customer_ids), AppliedCoupon.status == "active")
        .order_by(
            Coupon.limited_billable_metrics.desc(), Coupon.limited_plans.desc(), AppliedCoupon.created_at,
            AppliedCoupon.seq,
        )
        .options(lazyload(AppliedCoupon.customer))
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, list[AppliedCoupon]] = defaultdict(list)
    for applied in db.session.scalars(query) if customer_ids else ():
        found[applied.customer_id].append(applied)
    return found


def targets_of(coupon_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Targets]:
    """What coupons are limited to, by their ids."""
    plans = select(coupon_plans.c.coupon_id, coupon_plans.c.plan_id.label("target_id"), literal(True).label("is_plan"))
    links = coupon_billable_metrics.c
    metrics = select(links.coupon_id, links.billable_metric_id, literal(False))
    both = union_all(
        plans.where(coupon_plans.c.coupon_id.in_(coupon_ids)), metrics.where(links.coupon_id.in_(coupon_ids))
    )
    found: dict[uuid.UUID, Targets] = defaultdict(Targets)
    for coupon_id, target_id, is_plan in db.session.execute(both) if coupon_ids else ():
        (found[coupon_id].plan_ids if is_plan else found[coupon_id].metric_ids).add(target_id)
    return found


def together(targets: Mapping[uuid.UUID, Targets]) -> Targets:
    """All that several coupons are limited to."""
    every = targets.values()
    return Targets(set().union(*(one.plan_ids for one in every)), set().union(*(one.metric_ids for one in every)))


def is_charged(metric_ids: Collection[uuid.UUID], plan_ids: Collection[uuid.UUID]) -> bool:
    """Whether one of the plans has a charge on one of the metrics."""
    if not metric_ids or not plan_ids:
        return False
    same = (
        Charge.billable_metric_id.in_(metric_ids), Charge.plan_id.in_(plan_ids), Charge.deleted_at.is_(None)
    )
    return bool(db.session.scalar(select(exists().where(*same))))


def has_had(customer: Customer, coupon: Coupon) -> bool:
    """Whether the customer has the coupon, or had it once."""
    same = (AppliedCoupon.customer_id == customer.id, AppliedCoupon.coupon_id == coupon.id)
    return bool(db.session.scalar(select(exists().where(*same))))
