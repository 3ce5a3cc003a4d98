"""Coupons of customers as they are shown (04 §8.2)."""

from marshmallow import Schema, fields

from lago.core.fields import Exact, Moment


class AppliedCouponSchema(Schema):
    """A coupon of a customer; what invoices have taken of it is added by a higher slice."""

    lago_id = fields.UUID(attribute="id")
    lago_coupon_id = fields.UUID(attribute="coupon_id")
    coupon_code = fields.Raw(attribute="coupon.code")
    coupon_name = fields.Raw(attribute="coupon.name")
    coupon_description = fields.Raw(attribute="coupon.description")
    coupon_status = fields.Raw(attribute="coupon.status")
    coupon_deleted_at = Moment(attribute="coupon.deleted_at")
    lago_customer_id = fields.UUID(attribute="customer_id")
    external_customer_id = fields.Raw(attribute="customer.external_id")
    status = fields.Raw()
    amount_cents = fields.Raw()
    amount_cents_remaining: fields.Field[object] = fields.Constant(None)
    amount_currency = fields.Raw()
    percentage_rate = Exact()
    frequency = fields.Raw()
    frequency_duration = fields.Raw()
    frequency_duration_remaining = fields.Raw()
    expiration_at = Moment(attribute="coupon.expiration_at")
    created_at = Moment()
    terminated_at = Moment()
