"""The kinds of objects that have a page: where it is, how the API names one, and what the activity log says of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from lago.admin.formats import segment
from lago.catalog.models import AddOn, BillableMetric, Coupon, Feature, Plan, PricingUnit, Tax
from lago.customers.models import Customer
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.metering.alert_models import Alert
from lago.metering.models import Event
from lago.organizations.models import BillingEntity, InvoiceCustomSection
from lago.payments.models import DunningCampaign, Payment, PaymentReceipt, PaymentRequest
from lago.subscriptions.models import Subscription
from lago.wallets.models import Wallet, WalletTransaction
from lago.webhooks.catalog import MESSAGES
from lago.webhooks.models import WebhookEndpoint


@dataclass(frozen=True)
class Kind:
    """`view`: the page of one, with its id as `parameter`, unless `at` says where else it is to be seen. `path`: how
    the API is asked for one, below /api/v1; None: it knows none. `names`: what people or programs call it. `log_id`:
    under whose id the activity log has it; None: it has no lines about such. `logs`: whether webhooks or the log can be
    about it at all, by its id."""

    label: str
    model: type[Any]
    view: str
    parameter: str
    path: Callable[[Any], str] | None
    names: tuple[tuple[str, str], ...] = ()
    log_id: Callable[[Any], uuid.UUID | None] | None = None
    at: Callable[[Any], str] | None = None
    logs: bool = True

    @property
    def has_messages(self) -> bool:
        """Whether some type of webhook is about such."""
        return any(message.model is self.model for message in MESSAGES.values())

    def address(self, record: Any) -> str:
        """The page of it."""
        return self.at(record) if self.at else url_for(f"admin.{self.view}", **{self.parameter: record.id})

    def title(self, record: Any) -> str:
        """What a person reads: its name, its number or its code."""
        values = (getattr(record, field, None) for field in ("display_name", "name", "number", "code", "webhook_url"))
        return next(filter(None, values), None) or str(record.id)


def _by_code(resource: str) -> Callable[[Any], str]:
    return lambda record: f"/{resource}/{segment(record.code)}"


def _by_id(resource: str) -> Callable[[Any], str]:
    return lambda record: f"/{resource}/{record.id}"


def _itself(record: Any) -> uuid.UUID:
    record_id: uuid.UUID = record.id
    return record_id


def _paid_for(payment: Payment) -> uuid.UUID | None:
    return payment.invoice_id or payment.payment_request_id


def _of_subscription(subscription: Subscription) -> str:
    asked = "" if subscription.status == "active" else f"?status={subscription.status}"
    return f"/subscriptions/{segment(subscription.external_id)}{asked}"


def _of_alert(alert: Alert) -> str:
    return f"/subscriptions/{segment(alert.external_subscription_id or '')}/alerts/{segment(alert.code)}"


def _of_transaction(transaction: WalletTransaction) -> str:
    wallet_id = transaction.wallet_id
    return url_for("admin.wallet_transaction", wallet_id=wallet_id, transaction_id=transaction.id)


def _where_alert_is(alert: Alert) -> str:
    if alert.wallet_id:
        return url_for("admin.wallet", wallet_id=alert.wallet_id)
    return url_for("admin.alerts", search=alert.code)


CODE = (("Code", "code"),)
NUMBER = (("Number", "number"),)
EXTERNAL = (("External id", "external_id"),)

KINDS: dict[str, Kind] = {
    "customer": Kind(
        "Customer", Customer, "customer", "customer_id", lambda one: f"/customers/{segment(one.external_id)}", EXTERNAL,
        _itself,
    ),
    "subscription": Kind(
        "Subscription", Subscription, "subscription", "subscription_id", _of_subscription, EXTERNAL, _itself
    ),
    "invoice": Kind("Invoice", Invoice, "invoice", "invoice_id", _by_id("invoices"), NUMBER, _itself),
    "credit_note": Kind("Credit note", CreditNote, "credit_note", "note_id", _by_id("credit_notes"), NUMBER, _itself),
    "wallet": Kind("Wallet", Wallet, "wallet", "wallet_id", _by_id("wallets"), CODE, _itself),
    "wallet_transaction": Kind(
        "Wallet transaction", WalletTransaction, "wallet_transaction", "transaction_id", _by_id("wallet_transactions"),
        (), lambda one: one.wallet_id, _of_transaction,
    ),
    "payment": Kind("Payment", Payment, "payment", "payment_id", _by_id("payments"), (), _paid_for),
    "payment_request": Kind(
        "Payment request", PaymentRequest, "payment_request", "payment_request_id", _by_id("payment_requests"), (),
        _itself,
    ),
    "payment_receipt": Kind(
        "Payment receipt", PaymentReceipt, "payment", "payment_id", _by_id("payment_receipts"), NUMBER, _itself,
        lambda one: url_for("admin.payment", payment_id=one.payment_id),
    ),
    "plan": Kind("Plan", Plan, "plan", "plan_id", _by_code("plans"), CODE, _itself),
    "billable_metric": Kind(
        "Billable metric", BillableMetric, "billable_metric", "metric_id", _by_code("billable_metrics"), CODE, _itself
    ),
    "add_on": Kind("Add-on", AddOn, "add_on", "add_on_id", _by_code("add_ons"), CODE),
    "feature": Kind("Feature", Feature, "feature", "feature_id", _by_code("features"), CODE, _itself),
    "coupon": Kind("Coupon", Coupon, "coupon", "coupon_id", _by_code("coupons"), CODE, _itself),
    "tax": Kind("Tax", Tax, "tax", "tax_id", _by_code("taxes"), CODE),
    "billing_entity": Kind(
        "Billing entity", BillingEntity, "billing_entity", "entity_id", _by_code("billing_entities"), CODE, _itself
    ),
    "custom_section": Kind("Custom section", InvoiceCustomSection, "custom_section", "section_id", None, CODE),
    "dunning_campaign": Kind("Dunning campaign", DunningCampaign, "dunning_campaign", "campaign_id", None, CODE),
    "pricing_unit": Kind("Pricing unit", PricingUnit, "edit_pricing_unit", "unit_id", None, CODE),
    "alert": Kind("Alert", Alert, "alerts", "alert_id", _of_alert, CODE, None, _where_alert_is, logs=False),
    "webhook_endpoint": Kind(
        "Webhook endpoint", WebhookEndpoint, "edit_webhook_endpoint", "endpoint_id", _by_id("webhook_endpoints"),
        logs=False,
    ),
    "fee": Kind("Fee", Fee, "fee", "fee_id", _by_id("fees")),
}

EVENT = Kind(
    "Event", Event, "event", "seq", lambda one: f"/events/{segment(one.transaction_id)}",
    logs=False,
)
"""Events stand apart: they are found by their transaction, and neither webhooks nor the activity log are about them."""
