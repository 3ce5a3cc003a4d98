"""Every webhook that is sent: its root key, whose row it is about, and the object with its nested parts (06 §4.4).

To add one is a line here and an `announce()` where it happens; its name must be in `event_types.py`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from lago.catalog.features.schemas import FeatureSchema
from lago.catalog.models import BillableMetric, Feature, Plan
from lago.catalog.schemas import BillableMetricSchema, PlanSchema
from lago.customers.models import Customer, ViesCheck
from lago.customers.schemas import CustomerSchema
from lago.invoicing.applied_threshold_schema import AppliedThresholdSchema
from lago.invoicing.credit_notes.file import credit_notes_with_pdf
from lago.invoicing.credit_notes.schema import PARTS_OF_GENERATED_WEBHOOK, PARTS_OF_WEBHOOK, CreditNoteSchema
from lago.invoicing.fee_schema import FeeSchema
from lago.invoicing.models import AppliedUsageThreshold, CreditNote, Fee, Invoice
from lago.invoicing.queries import is_self_billed, subscription_of, with_pdf
from lago.invoicing.schemas import InvoiceSchema
from lago.metering.models import EventErrorReport, TriggeredAlert
from lago.payments.dunning.schemas import finished_object
from lago.payments.models import CustomerDunning, Payment, PaymentReceipt, PaymentRequest
from lago.payments.receipts.file import receipts_with_pdf
from lago.payments.receipts.schemas import PaymentReceiptSchema
from lago.payments.requests.queries import made_pdfs
from lago.payments.requests.schemas import PaymentRequestSchema, payment_failure_object
from lago.subscriptions.models import Subscription
from lago.subscriptions.schemas import SubscriptionSchema
from lago.wallets.alerts.schemas import any_triggered_alert
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.schemas import WalletSchema
from lago.wallets.transaction_schemas import TransactionSchema
from lago.webhooks.payment_objects import lost_dispute, refused_payment


class Subject(Protocol):
    """A row that a webhook can be about."""

    id: uuid.UUID
    organization_id: uuid.UUID


@dataclass(frozen=True)
class Message:
    """`object_type` is also the root key; `show` renders a row of `model` as it is when the message is made."""

    object_type: str
    model: type[Any]
    show: Callable[[Any], dict[str, Any]]


def _billable_metric() -> Message:
    return Message("billable_metric", BillableMetric, BillableMetricSchema(counters=False).dump)


def _feature() -> Message:
    return Message("feature", Feature, FeatureSchema().dump)


def _plan(place: str) -> Message:
    return Message("plan", Plan, PlanSchema(place=place).dump)


def _customer() -> Message:
    return Message("customer", Customer, CustomerSchema("integration_customers").dump)


def _vies_check(check: ViesCheck) -> dict[str, Any]:
    return {**CustomerSchema().dump(check.customer), "vies_check": check.answer}


def _subscription(*parts: str) -> Message:
    schema = SubscriptionSchema("plan", *parts)
    return Message("subscription", Subscription, lambda row: {**schema.dump(row), **_customer_of(row)})


def _reached_threshold(applied: AppliedUsageThreshold) -> dict[str, Any]:
    """The subscription that has reached the threshold, with it (06 §4.4)."""
    shown = _subscription("thresholds").show(subscription_of(applied))
    return {**shown, "usage_threshold": AppliedThresholdSchema().dump(applied)["usage_threshold"]}


def _fee(fee: Fee) -> dict[str, Any]:
    return {**FeeSchema().dump(fee), "self_billed": is_self_billed(fee)}


def _invoice(*parts: str) -> Message:
    def show(invoice: Invoice) -> dict[str, Any]:
        return {**InvoiceSchema(*parts, with_pdf=with_pdf([invoice.id])).dump(invoice), **_customer_of(invoice)}

    return Message("invoice", Invoice, show)


def _wallet(*parts: str) -> Message:
    return Message("wallet", Wallet, WalletSchema(*parts).dump)


def _wallet_transaction() -> Message:
    return Message("wallet_transaction", WalletTransaction, TransactionSchema("wallet").dump)


def _payment_request() -> Message:
    def show(asked: PaymentRequest) -> Any:
        return PaymentRequestSchema(with_pdf=made_pdfs([asked])).dump(asked)

    return Message("payment_request", PaymentRequest, show)


def _credit_note(*parts: str) -> Message:
    def show(note: CreditNote) -> Any:
        return CreditNoteSchema(*parts, with_pdf=credit_notes_with_pdf([note.id])).dump(note)

    return Message("credit_note", CreditNote, show)


def _payment_receipt() -> Message:
    def show(receipt: PaymentReceipt) -> Any:
        return PaymentReceiptSchema(with_pdf=receipts_with_pdf([receipt.id])).dump(receipt)

    return Message("payment_receipt", PaymentReceipt, show)


def _customer_of(record: Subscription | Invoice) -> dict[str, Any]:
    """Inside of other objects a webhook shows the plain customer (06 §3.3)."""
    return {"customer": CustomerSchema().dump(record.customer)}


_OF_DRAFTS = ("subscriptions", "billing_periods", "fees", "credits", "applied_taxes", "error_details")

MESSAGES: dict[str, Message] = {
    "alert.triggered": Message("triggered_alert", TriggeredAlert, any_triggered_alert),
    "billable_metric.created": _billable_metric(),
    "billable_metric.updated": _billable_metric(),
    "billable_metric.deleted": _billable_metric(),
    "credit_note.created": _credit_note(*PARTS_OF_WEBHOOK),
    "credit_note.generated": _credit_note(*PARTS_OF_GENERATED_WEBHOOK),
    "customer.created": _customer(),
    "customer.updated": _customer(),
    "customer.vies_check": Message("customer", ViesCheck, _vies_check),
    "dunning_campaign.finished": Message("dunning_campaign", CustomerDunning, finished_object),
    "events.errors": Message("events_errors", EventErrorReport, lambda report: report.payload),
    "feature.created": _feature(),
    "feature.updated": _feature(),
    "feature.deleted": _feature(),
    "fee.created": Message("fee", Fee, _fee),
    "invoice.created": _invoice(
        "subscriptions", "billing_periods", "fees", "credits", "applied_taxes", "applied_invoice_custom_sections"
    ),
    "invoice.deleted": _invoice("subscriptions", "billing_periods", "fees", "credits", "applied_taxes"),
    "invoice.drafted": _invoice(*_OF_DRAFTS),
    "invoice.generated": _invoice(),
    "invoice.one_off_created": _invoice("fees", "applied_taxes", "applied_invoice_custom_sections"),
    "invoice.paid_credit_added": _invoice("fees", "applied_taxes", "applied_invoice_custom_sections"),
    "invoice.payment_dispute_lost": Message("payment_dispute_lost", Invoice, lost_dispute),
    "invoice.payment_failure": Message("payment_provider_invoice_payment_error", Invoice, refused_payment),
    "invoice.payment_overdue": _invoice("fees", "applied_taxes"),
    "invoice.payment_status_updated": _invoice("fees"),
    "invoice.ready_to_finalize": _invoice(*_OF_DRAFTS),
    "invoice.voided": _invoice("subscriptions", "billing_periods", "fees", "credits", "applied_taxes"),
    "payment_receipt.created": _payment_receipt(),
    "payment_receipt.generated": _payment_receipt(),
    "payment_request.created": _payment_request(),
    "payment_request.payment_failure": Message(
        "payment_provider_payment_request_payment_error", Payment, payment_failure_object
    ),
    "payment_request.payment_status_updated": _payment_request(),
    "plan.created": _plan("webhook"),
    "plan.updated": _plan("webhook"),
    "plan.deleted": _plan("webhook_deleted"),
    "subscription.started": _subscription("entitlements"),
    "subscription.updated": _subscription("entitlements"),
    "subscription.terminated": _subscription(),
    "subscription.usage_threshold_reached": Message("subscription", AppliedUsageThreshold, _reached_threshold),
    "subscription.termination_alert": _subscription(),
    "subscription.trial_ended": _subscription(),
    "wallet.created": _wallet("rules"),
    "wallet.updated": _wallet("rules"),
    "wallet.terminated": _wallet("rules"),
    "wallet.depleted_ongoing_balance": _wallet(),
    "wallet_transaction.created": _wallet_transaction(),
    "wallet_transaction.updated": _wallet_transaction(),
}
