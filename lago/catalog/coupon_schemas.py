"""Coupons as they are shown (04 §8.1)."""

from marshmallow import Schema, fields

from lago.core.fields import Exact, Moment


class CouponSchema(Schema):
    """A coupon; of what it is limited to, what was deleted is left out."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    code = fields.Raw()
    description = fields.Raw()
    coupon_type = fields.Raw()
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    percentage_rate = Exact()
    frequency = fields.Raw()
    frequency_duration = fields.Raw()
    reusable = fields.Raw()
    limited_plans = fields.Raw()
    plan_codes = fields.Function(lambda coupon: [plan.code for plan in coupon.plans if not plan.deleted_at])
    limited_billable_metrics = fields.Raw()
    billable_metric_codes = fields.Function(
        lambda coupon: [metric.code for metric in coupon.billable_metrics if not metric.deleted_at]
    )
    created_at = Moment()
    expiration = fields.Raw()
    expiration_at = Moment()
    terminated_at = Moment()
