"""Reads of coupons. Deleted ones are not found."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, column, exists, select, table
from sqlalchemy.orm import selectinload

from lago.catalog.models import BillableMetric, Coupon, Plan
from lago.catalog.queries import plans
from lago.core.db import db
from lago.core.errors import NotFound

_applied_coupons = table("applied_coupons", column("coupon_id"))  # of a higher slice


def coupons(organization_id: uuid.UUID) -> Select[Coupon]:
    """Coupons with what they are limited to: active ones first, those without end first, then by their end, newest
    first (04 §8.1)."""
    kept = select(Coupon).where(Coupon.organization_id == organization_id, Coupon.deleted_at.is_(None))
    order = (
        Coupon.status, Coupon.expiration, Coupon.expiration_at, Coupon.created_at.desc(), Coupon.seq.desc()
    )
    return kept.order_by(*order).options(
        selectinload(Coupon.plans).lazyload("*"), selectinload(Coupon.billable_metrics).lazyload("*")
    )


def coupon_by_code(organization_id: uuid.UUID, code: str) -> Coupon | None:
    return db.session.scalar(coupons(organization_id).where(Coupon.code == code))


def find_coupon(organization_id: uuid.UUID, coupon_id: uuid.UUID) -> Coupon | None:
    return db.session.scalar(coupons(organization_id).where(Coupon.id == coupon_id))


def has_been_applied(coupon: Coupon) -> bool:
    """Whether any customer has had it: then its terms are fixed."""
    return bool(db.session.scalar(select(exists().where(_applied_coupons.c.coupon_id == coupon.id))))


def lock_coupon(coupon: Coupon) -> None:
    """Keeps others from changing it or applying it, and reads it as it is now."""
    db.session.refresh(coupon, with_for_update={"of": Coupon})


def plans_of_codes(organization_id: uuid.UUID, codes: Iterable[str]) -> list[Plan]:
    """The plans of these codes, each once. Raises NotFound if one is unknown."""
    wanted = set(codes)
    query = plans(organization_id).where(Plan.code.in_(wanted)).order_by(None).order_by(Plan.seq)
    found = list(db.session.scalars(query)) if wanted else []
    if len(found) < len(wanted):
        raise NotFound("plans")
    return found


def metrics_of_codes(organization_id: uuid.UUID, codes: Iterable[str]) -> list[BillableMetric]:
    """The metrics of these codes, each once. Raises NotFound if one is unknown."""
    wanted, metric = set(codes), BillableMetric
    kept = (metric.organization_id == organization_id, metric.deleted_at.is_(None), metric.code.in_(wanted))
    found = list(db.session.scalars(select(metric).where(*kept).order_by(metric.seq))) if wanted else []
    if len(found) < len(wanted):
        raise NotFound("billable_metrics")
    return found
