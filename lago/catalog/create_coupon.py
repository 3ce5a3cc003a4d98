"""A new coupon (04 §8.1)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.coupon_inputs import CouponInput, problems
from lago.catalog.coupon_queries import coupon_by_code, metrics_of_codes, plans_of_codes
from lago.catalog.models import Coupon
from lago.core.db import db, unique
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import announce


def create_coupon(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Coupon:
    """A coupon of the organization. `data` is the client's object.

    Raises Invalid; NotFound for an unknown plan or metric; NotAllowed where it is to be limited to both kinds.
    """
    values = CouponInput().read(data)
    if found := problems(values):
        raise Invalid(found)
    check_code(organization_id, values["code"])
    coupon = Coupon(organization_id=organization_id, status="active", plans=[], billable_metrics=[])
    assign(coupon, values)
    with unique("uq_coupons_code", "code"):
        db.session.add(coupon)
    announce("coupon.created", coupon)
    return coupon


def assign(coupon: Coupon, values: Mapping[str, Any]) -> None:
    """Sets what `values` name; `applies_to` replaces all that it was limited to."""
    if values.get("applies_to"):
        limit(coupon, values["applies_to"])
    for name in values.keys() - {"applies_to"}:
        setattr(coupon, name, values[name])
    ends = coupon.status == "active" and coupon.expiration == "time_limit"
    coupon.expiration_due_at = coupon.expiration_at if ends else None


def limit(coupon: Coupon, targets: Mapping[str, Any]) -> None:
    """Limits it to plans or metrics, or to nothing. Raises NotFound; NotAllowed for both at once."""
    plans = plans_of_codes(coupon.organization_id, targets.get("plan_codes", ()))
    metrics = metrics_of_codes(coupon.organization_id, targets.get("billable_metric_codes", ()))
    if plans and metrics:
        raise NotAllowed("only_one_limitation_type_per_coupon_allowed")
    coupon.plans, coupon.billable_metrics = plans, metrics
    coupon.limited_plans, coupon.limited_billable_metrics = bool(plans), bool(metrics)


def check_code(organization_id: uuid.UUID, code: str) -> None:
    """Raises Invalid if another coupon has the code."""
    if coupon_by_code(organization_id, code):
        raise Invalid({"code": [ALREADY_EXISTS]})
