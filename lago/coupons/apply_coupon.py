"""A customer gets a coupon (04 §8.2)."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lago.catalog.coupon_inputs import TermsInput, problems
from lago.catalog.coupon_queries import coupon_by_code
from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.core.outbox import announce
from lago.coupons.models import AppliedCoupon
from lago.coupons.queries import Targets, active_coupons, has_had, is_charged, targets_of, together
from lago.customers.models import Customer

_TERMS = ("amount_cents", "amount_currency", "percentage_rate", "frequency", "frequency_duration")


def apply_coupon(customer: Customer, code: str, data: Mapping[str, Any]) -> AppliedCoupon:
    """Gives the customer, who is locked, the coupon of that code; what `data` names of its terms is his own.

    Raises NotFound unless the coupon is active, NotAllowed if it overlaps with what he has, Invalid.
    """
    coupon = _active(customer, code)
    _check_overlap(customer, coupon)
    if not coupon.reusable and has_had(customer, coupon):
        raise Invalid({"coupon": ["coupon_is_not_reusable"]})
    applied = AppliedCoupon(
        organization_id=customer.organization_id, coupon=coupon, customer=customer, status="active",
        **_terms(coupon, TermsInput().read(data)),
    )
    applied.frequency_duration_remaining = applied.frequency_duration
    if coupon.coupon_type == "fixed_amount" and not customer.currency:
        customer.currency = applied.amount_currency
    db.session.add(applied)
    db.session.flush()
    announce("applied_coupon.created", applied)
    return applied


def _active(customer: Customer, code: str) -> Coupon:
    """The coupon, which nobody changes or deletes until the transaction ends."""
    coupon = coupon_by_code(customer.organization_id, code)
    if coupon is None:
        raise NotFound("coupon")
    held = select(Coupon).where(Coupon.id == coupon.id).with_for_update(read=True, of=Coupon)
    db.session.scalars(held.execution_options(populate_existing=True)).one()
    ends = coupon.expiration_due_at
    if coupon.deleted_at or coupon.status != "active" or (ends and ends <= clock.now()):
        raise NotFound("coupon")
    return coupon


def _check_overlap(customer: Customer, coupon: Coupon) -> None:
    """Of the customer's coupons no other may be limited to the same."""
    if not (coupon.limited_plans or coupon.limited_billable_metrics):
        return
    others = {applied.coupon_id for applied in active_coupons([customer.id])[customer.id]}
    if _overlap(targets_of([coupon.id]), targets_of(others)):
        raise NotAllowed("plan_overlapping")


def _overlap(one: Mapping[uuid.UUID, Targets], others: Mapping[uuid.UUID, Targets]) -> bool:
    """Same plan, same metric, or a plan of one that charges a metric of the other."""
    ours, theirs = together(one), together(others)
    if ours.plan_ids & theirs.plan_ids or ours.metric_ids & theirs.metric_ids:
        return True
    return is_charged(ours.metric_ids, theirs.plan_ids) or is_charged(theirs.metric_ids, ours.plan_ids)


def _terms(coupon: Coupon, own: Mapping[str, Any]) -> dict[str, Any]:
    """The customer's own terms; where he has none, the coupon's. Raises Invalid where they do not go together."""
    terms = {name: getattr(coupon, name) if own.get(name) is None else own[name] for name in _TERMS}
    if found := problems({**terms, "coupon_type": coupon.coupon_type}):
        raise Invalid(found)
    return terms
