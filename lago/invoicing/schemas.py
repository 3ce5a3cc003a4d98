"""Invoices as the API and webhooks show them (04 §13)."""

import uuid
from collections.abc import Collection
from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core import config
from lago.core.fields import Moment, MomentWithMilliseconds
from lago.customers.schemas import CustomerSchema
from lago.invoicing.applied_threshold_schema import applied_thresholds
from lago.invoicing.credit_schema import credits_of
from lago.invoicing.einvoicing.links import xml_url
from lago.invoicing.fee_schema import FeeSchema, true_ups_among
from lago.invoicing.file import file_url
from lago.invoicing.models import PROGRESSIVE_BILLING, Invoice, InvoiceSubscription
from lago.subscriptions.schemas import SubscriptionSchema

THRESHOLDS = "applied_usage_thresholds"
"""What only progressive invoices show."""


class InvoiceTaxSchema(Schema):
    """A tax of the invoice."""

    lago_id = fields.UUID(attribute="id")
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    lago_tax_id = fields.UUID(attribute="tax_id")
    tax_name = fields.Raw()
    tax_code = fields.Raw()
    tax_rate = fields.Raw()
    tax_description = fields.Raw()
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    fees_amount_cents = fields.Raw()
    created_at = Moment()


class InvoiceMetadataSchema(Schema):
    """A note on the invoice."""

    lago_id = fields.UUID(attribute="id")
    key = fields.Raw()
    value = fields.Raw()
    created_at = Moment()


class AppliedSectionSchema(Schema):
    """A text of the organization's own, as it was when the invoice was made (04 §15)."""

    lago_id = fields.UUID(attribute="id")
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    code = fields.Raw()
    details = fields.Raw()
    display_name = fields.Raw()
    created_at = Moment()


class BillingPeriodSchema(Schema):
    """What the invoice covers of a subscription."""

    lago_subscription_id = fields.UUID(attribute="subscription_id")
    external_subscription_id = fields.Raw(attribute="subscription.external_id")
    lago_plan_id = fields.UUID(attribute="subscription.plan_id")
    subscription_from_datetime = Moment(attribute="from_datetime")
    subscription_to_datetime = Moment(attribute="to_datetime")
    charges_from_datetime = Moment()
    charges_to_datetime = Moment()
    fixed_charges_from_datetime = Moment()
    fixed_charges_to_datetime = Moment()
    invoicing_reason = fields.Raw()


class InvoiceSchema(Schema):
    """The invoice object; `parts` names what a place nests. `with_pdf`: the invoices whose PDF has been made."""

    lago_id = fields.UUID(attribute="id")
    billing_entity_code = fields.Raw(attribute="billing_entity.code")
    sequential_id = fields.Raw()
    number = fields.Raw()
    purchase_order_number = fields.Raw()
    issuing_date = fields.Date()
    payment_due_date = fields.Date()
    net_payment_term = fields.Raw()
    invoice_type = fields.Raw()
    status = fields.Raw()
    payment_status = fields.Raw()
    payment_dispute_lost_at = MomentWithMilliseconds()
    payment_overdue = fields.Raw()
    currency = fields.Raw()
    fees_amount_cents = fields.Raw()
    taxes_amount_cents = fields.Raw()
    progressive_billing_credit_amount_cents = fields.Raw()
    coupons_amount_cents = fields.Raw()
    credit_notes_amount_cents = fields.Raw()
    sub_total_excluding_taxes_amount_cents = fields.Raw()
    sub_total_including_taxes_amount_cents = fields.Raw()
    total_amount_cents = fields.Raw()
    total_due_amount_cents = fields.Raw()
    total_paid_amount_cents = fields.Raw()
    total_offsetted_credit_note_amount_cents = fields.Raw(attribute="offset_amount_cents")
    prepaid_credit_amount_cents = fields.Raw()
    prepaid_granted_credit_amount_cents = fields.Raw()
    prepaid_purchased_credit_amount_cents = fields.Raw()
    file_url = fields.Method("dump_file_url")
    xml_url = fields.Function(xml_url)
    web_url = fields.Method("dump_web_url")
    version_number = fields.Raw()
    self_billed = fields.Raw()
    created_at = Moment()
    updated_at = Moment()
    voided_at = Moment()

    PARTS = {
        "customer": lambda row: CustomerSchema("integration_customers").dump(row.customer),
        "metadata": lambda row: InvoiceMetadataSchema(many=True).dump(row.metadata_rows),
        "applied_taxes": lambda row: _taxes(row),
        "billing_periods": lambda row: BillingPeriodSchema(many=True).dump(_lines_by_name(row)),
        "subscriptions": lambda row: SubscriptionSchema(many=True).dump(
            [line.subscription for line in _lines_by_name(row)]
        ),
        "fees": lambda row: _fees(row),
        "credits": lambda row: credits_of(row),
        THRESHOLDS: lambda row: applied_thresholds(row),
        "error_details": lambda row: [],
        "applied_invoice_custom_sections": lambda row: AppliedSectionSchema(many=True).dump(row.custom_sections),
    }

    def __init__(self, *parts: str, with_pdf: Collection[uuid.UUID] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts, self.with_pdf = parts, with_pdf

    @post_dump(pass_original=True)
    def add_parts(self, data: dict[str, Any], invoice: Invoice, **kwargs: Any) -> dict[str, Any]:
        parts = [part for part in self.parts if part != THRESHOLDS or invoice.invoice_type == PROGRESSIVE_BILLING]
        return {**data, **{part: self.PARTS[part](invoice) for part in parts}}

    def dump_file_url(self, invoice: Invoice) -> str | None:
        return file_url(invoice.id) if invoice.id in self.with_pdf else None

    def dump_web_url(self, invoice: Invoice) -> str:
        return f"{config.settings().front_url}/invoices/{invoice.id}"


IN_LIST = ("customer", "metadata", "applied_taxes", THRESHOLDS)
IN_FULL = (
    *IN_LIST, "billing_periods", "subscriptions", "fees", "credits", "error_details",
    "applied_invoice_custom_sections",
)
IN_CREATED_WEBHOOK = (
    "customer", "subscriptions", "billing_periods", "fees", "credits", "applied_taxes",
    "applied_invoice_custom_sections",
)
IN_GENERATED_WEBHOOK = ("customer",)


def _fees(invoice: Invoice) -> list[dict[str, Any]]:
    rows = FeeSchema(true_ups=true_ups_among(invoice.fees)).dump(invoice.fees, many=True)
    return [{**row, "self_billed": invoice.self_billed} for row in rows]


def _taxes(invoice: Invoice) -> list[dict[str, Any]]:
    rows = InvoiceTaxSchema(many=True).dump(invoice.applied_taxes)
    return [{**row, "amount_currency": invoice.currency} for row in rows]


def _lines_by_name(invoice: Invoice) -> list[InvoiceSubscription]:
    """By the name of the subscription, else of its plan (04 §13)."""

    def name(line: InvoiceSubscription) -> str:
        plan = line.subscription.plan
        return line.subscription.name or plan.invoice_display_name or plan.name

    return sorted(invoice.invoice_subscriptions, key=name)
