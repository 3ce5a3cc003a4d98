"""Which announcements the activity log has a line about, and how it shows their objects (06 §6).

A webhook whose type is one of the log's is in it by itself, with the object of the message, which is rendered once for
both. Those of ACTIVITIES that are in no catalog of webhooks are for the log alone: no endpoint receives them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lago.audit.activity_types import ACTIVITY_TYPES
from lago.catalog.billing_entity_object import billing_entity_object
from lago.catalog.coupon_schemas import CouponSchema
from lago.catalog.models import Coupon
from lago.coupons.models import AppliedCoupon
from lago.customers.models import Customer
from lago.invoicing.applied_coupon_schema import UsedCouponSchema
from lago.invoicing.models import CreditNote, Invoice
from lago.organizations.models import BillingEntity
from lago.payments.models import Payment, PaymentReceipt, PaymentRequest
from lago.payments.schemas import PaymentSchema
from lago.webhooks.catalog import MESSAGES


@dataclass(frozen=True)
class Activity:
    """`activity_type`: the name of 06 §6; `show` renders a row of `model` as the API shows it."""

    activity_type: str
    model: type[Any]
    show: Callable[[Any], Any]


def _of_messages() -> dict[str, Activity]:
    """The webhooks that the log knows too, some by another name."""
    named = {name: _RENAMED.get(name, name) for name in MESSAGES}
    return {
        name: Activity(known, MESSAGES[name].model, MESSAGES[name].show)
        for name, known in named.items() if known in ACTIVITY_TYPES
    }


def _as_in(webhook_type: str, model: type[Any], activity_type: str) -> Activity:
    """With the object of that webhook."""
    return Activity(activity_type, model, MESSAGES[webhook_type].show)


def _coupon(activity_type: str) -> Activity:
    return Activity(activity_type, Coupon, CouponSchema().dump)


def _applied_coupon(activity_type: str) -> Activity:
    return Activity(activity_type, AppliedCoupon, UsedCouponSchema().dump)


def _billing_entity(activity_type: str) -> Activity:
    return Activity(activity_type, BillingEntity, billing_entity_object)


_RENAMED = {"credit_note.provider_refund_failure": "credit_note.refund_failure"}

ACTIVITIES: dict[str, Activity] = {
    **_of_messages(),
    # its message shows what the provider said
    "invoice.payment_failure": _as_in("invoice.payment_status_updated", Invoice, "invoice.payment_failure"),
    "applied_coupon.created": _applied_coupon("applied_coupon.created"),
    "applied_coupon.deleted": _applied_coupon("applied_coupon.deleted"),
    "billing_entities.created": _billing_entity("billing_entities.created"),
    "billing_entities.updated": _billing_entity("billing_entities.updated"),
    "coupon.created": _coupon("coupon.created"),
    "coupon.updated": _coupon("coupon.updated"),
    "coupon.deleted": _coupon("coupon.deleted"),
    "customer.deleted": _as_in("customer.updated", Customer, "customer.deleted"),
    "invoice.regenerated": _as_in("invoice.voided", Invoice, "invoice.regenerated"),
    "payment.recorded": Activity("payment.recorded", Payment, PaymentSchema().dump),
    # letters: one type, and what was sent is told by the announcement
    "invoice.emailed": _as_in("invoice.generated", Invoice, "email.sent"),
    "credit_note.emailed": _as_in("credit_note.generated", CreditNote, "email.sent"),
    "payment_receipt.emailed": _as_in("payment_receipt.generated", PaymentReceipt, "email.sent"),
    "payment_request.emailed": _as_in("payment_request.created", PaymentRequest, "email.sent"),
}
