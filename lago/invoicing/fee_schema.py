"""A fee as the API shows it (02 §7.1)."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.fields import Exact, Moment
from lago.invoicing.models import Fee
from lago.invoicing.presentation import shown_breakdowns
from lago.pricing.rounding import precise_text, round_half_up

ITEM_TYPES = {"charge": "BillableMetric", "subscription": "Subscription"}


class FeeSchema(Schema):
    """The fee object, without `applied_taxes` (inside an invoice it has none) and `self_billed` (the invoice's)."""

    lago_id = fields.UUID(attribute="id")
    lago_charge_id = fields.UUID(attribute="charge_id")
    lago_charge_filter_id = fields.UUID(attribute="charge_filter_id")
    lago_fixed_charge_id = fields.Constant(None)
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    lago_true_up_fee_id = fields.Constant(None)
    lago_true_up_parent_fee_id = fields.Constant(None)
    lago_original_fee_id = fields.Constant(None)
    lago_subscription_id = fields.UUID(attribute="subscription_id")
    external_subscription_id = fields.Raw(attribute="subscription.external_id")
    lago_customer_id = fields.UUID(attribute="subscription.customer_id")
    external_customer_id = fields.Raw(attribute="subscription.customer.external_id")
    item = fields.Method("dump_item")
    pay_in_advance = fields.Raw()
    invoiceable = fields.Function(lambda fee: fee.charge.invoiceable if fee.charge else True)
    amount_cents = fields.Raw()
    amount_currency = fields.Raw(attribute="currency")
    precise_amount = fields.Function(lambda fee: precise_text(fee.precise_amount_cents, fee.currency))
    precise_total_amount = fields.Function(
        lambda fee: precise_text(fee.precise_amount_cents + fee.taxes_precise_amount_cents, fee.currency)
    )
    taxes_amount_cents = fields.Raw()
    taxes_precise_amount = fields.Function(lambda fee: precise_text(fee.taxes_precise_amount_cents, fee.currency))
    taxes_rate = fields.Raw()
    total_aggregated_units = Exact()
    total_amount_cents = fields.Function(lambda fee: fee.amount_cents + fee.taxes_amount_cents)
    total_amount_currency = fields.Function(lambda fee: fee.currency)
    units = Exact()
    description = fields.Raw()
    precise_unit_amount = Exact()
    precise_coupons_amount_cents = Exact()
    sub_total_excluding_taxes_amount_cents = fields.Function(
        lambda fee: round_half_up(fee.amount_cents - fee.precise_coupons_amount_cents)
    )
    sub_total_excluding_taxes_precise_amount_cents = fields.Method("dump_precise_sub_total")
    events_count = fields.Raw()
    payment_status = fields.Raw()
    created_at = Moment()
    succeeded_at = Moment()
    failed_at = Moment()
    refunded_at = Moment()
    amount_details = fields.Raw()
    pricing_unit_details = fields.Constant(None)
    presentation_breakdowns = fields.Function(shown_breakdowns)

    @post_dump(pass_original=True)
    def add_dates(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        """The time that the fee is for (02 §7.2)."""
        part = "charges_" if fee.fee_type == "charge" else ""
        shown = fee.properties
        data["from_date"] = _shown(shown.get("shown_from") or shown.get(f"{part}from_datetime"))
        data["to_date"] = _shown(shown.get("shown_to") or shown.get(f"{part}to_datetime"))
        return data

    @post_dump(pass_original=True)
    def add_event(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        """The event that the fee is for, of charges that are paid in advance; a renewal has none."""
        of_event = fee.fee_type == "charge" and fee.pay_in_advance
        return {**data, "event_transaction_id": fee.event_transaction_id} if of_event else data

    def dump_item(self, fee: Fee) -> dict[str, Any]:
        return {
            "type": fee.fee_type,
            **_of_charge(fee),
            "filters": fee.charge_filter.values if fee.charge_filter else None,
            "filter_invoice_display_name": fee.charge_filter.display_name if fee.charge_filter else None,
            "item_type": ITEM_TYPES[fee.fee_type],
            "grouped_by": fee.grouped_by,
        }

    def dump_precise_sub_total(self, fee: Fee) -> Any:
        return Exact()._serialize(fee.precise_amount_cents - fee.precise_coupons_amount_cents, None, fee)


class FeeTaxSchema(Schema):
    """A tax of a fee."""

    lago_id = fields.UUID(attribute="id")
    lago_fee_id = fields.UUID(attribute="fee_id")
    lago_tax_id = fields.UUID(attribute="tax_id")
    tax_name = fields.Raw()
    tax_code = fields.Raw()
    tax_rate = fields.Raw()
    tax_description = fields.Raw()
    amount_cents = fields.Raw()
    created_at = Moment()


class EstimatedFeeSchema(FeeSchema):
    """A fee without an invoice that is shown with its taxes."""

    self_billed = fields.Constant(False)

    @post_dump(pass_original=True)
    def add_taxes(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        rows = FeeTaxSchema(many=True).dump(fee.applied_taxes)
        return {**data, "applied_taxes": [{**row, "amount_currency": fee.currency} for row in rows]}


def fee_name(fee: Fee) -> str:
    """What the document calls the fee: its own display name, the charge's or subscription's, the metric's or plan's."""
    if fee.invoice_display_name:
        return fee.invoice_display_name
    if fee.charge and fee.billable_metric:
        return fee.charge.invoice_display_name or fee.billable_metric.name
    subscription = fee.subscription
    if subscription is None:
        return fee.fee_type
    return subscription.name or subscription.plan.invoice_display_name or subscription.plan.name


def _of_charge(fee: Fee) -> dict[str, Any]:
    source: Any = fee.billable_metric or (fee.subscription.plan if fee.subscription else None)
    item_id = fee.billable_metric_id or fee.subscription_id
    return {
        "code": source.code,
        "name": source.name,
        "description": source.description,
        "invoice_display_name": fee_name(fee),
        "lago_item_id": str(item_id),
    }


def _shown(instant: str | None) -> str | None:
    """`2024-02-29T23:59:59.999Z` as `2024-02-29T23:59:59+00:00`."""
    return f"{instant[:19]}+00:00" if instant else None
