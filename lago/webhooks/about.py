"""What a line of the activity log is about (06 §6)."""

from typing import Any

from lago.audit.note_activity import About
from lago.catalog.models import BillableMetric, Coupon, Feature, Plan
from lago.coupons.models import AppliedCoupon
from lago.customers.models import Customer
from lago.invoicing.models import CreditNote, Invoice
from lago.organizations.models import BillingEntity
from lago.payments.models import Payment, PaymentReceipt, PaymentRequest
from lago.subscriptions.models import Subscription
from lago.wallets.models import Wallet, WalletTransaction

_NAMES: dict[type[Any], str] = {
    BillableMetric: "BillableMetric", Plan: "Plan", Customer: "Customer", Invoice: "Invoice", CreditNote: "CreditNote",
    BillingEntity: "BillingEntity", Subscription: "Subscription", Wallet: "Wallet", Coupon: "Coupon",
    PaymentReceipt: "PaymentReceipt", PaymentRequest: "PaymentRequest", Feature: "Entitlement::Feature",
}


def about(record: Any) -> About:
    """Of a payment that is what it pays for, of a wallet transaction the wallet, of an applied coupon the coupon."""
    resource = _resource(record)
    customer = _customer(record)
    return About(
        organization_id=record.organization_id, resource_type=_NAMES[type(resource)], resource_id=resource.id,
        external_customer_id=customer.external_id if customer else None,
        external_subscription_id=record.external_id if isinstance(record, Subscription) else None,
    )


def _resource(record: Any) -> Any:
    if isinstance(record, Payment):
        return record.invoice or record.payment_request
    if isinstance(record, WalletTransaction):
        return record.wallet
    return record.coupon if isinstance(record, AppliedCoupon) else record


def _customer(record: Any) -> Customer | None:
    """Whom it concerns; nobody alone, where it is of the catalog."""
    if isinstance(record, Customer):
        return record
    owner = record.payment if isinstance(record, PaymentReceipt) else _resource(record)
    if isinstance(record, AppliedCoupon):
        owner = record
    customer: Customer | None = getattr(owner, "customer", None)
    return customer
