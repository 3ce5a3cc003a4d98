"""A fee as the API shows it (02 §7.1)."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.fields import Exact, Moment
from lago.invoicing.fee_item import fee_item
from lago.invoicing.models import Fee
from lago.invoicing.presentation import shown_breakdowns
from lago.pricing.rounding import precise_text, round_half_up

_WINDOWS = {"charge": "charges_", "fixed_charge": "fixed_charges_", "subscription": "", "add_on": ""}
"""Fees that say what time they are for, and which of their windows that is."""


class FeeSchema(Schema):
    """The fee object, without `applied_taxes` (inside an invoice it has none) and `self_billed` (the invoice's).

    `true_ups`: the ids of true-ups by those of the fees that they hang on.
    """

    lago_id = fields.UUID(attribute="id")
    lago_charge_id = fields.UUID(attribute="charge_id")
    lago_charge_filter_id = fields.UUID(attribute="charge_filter_id")
    lago_fixed_charge_id = fields.UUID(attribute="fixed_charge_id")
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    lago_true_up_fee_id = fields.Method("dump_true_up")
    lago_true_up_parent_fee_id = fields.UUID(attribute="true_up_parent_fee_id")
    lago_original_fee_id = fields.UUID(attribute="original_fee_id")
    lago_subscription_id = fields.UUID(attribute="subscription_id")
    external_subscription_id = fields.Raw(attribute="subscription.external_id", dump_default=None)
    lago_customer_id = fields.UUID(attribute="subscription.customer_id", dump_default=None)
    external_customer_id = fields.Raw(attribute="subscription.customer.external_id", dump_default=None)
    item = fields.Function(fee_item)
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
    pricing_unit_details = fields.Raw()
    presentation_breakdowns = fields.Function(shown_breakdowns)

    def __init__(self, *, true_ups: Mapping[uuid.UUID, uuid.UUID] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.true_ups = true_ups or {}

    @post_dump(pass_original=True)
    def add_dates(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        """The time that the fee is for (02 §7.2), of the kinds that tell it."""
        if fee.fee_type in _WINDOWS:
            window, shown = _WINDOWS[fee.fee_type], fee.properties
            data["from_date"] = _shown(shown.get("shown_from") or shown.get(f"{window}from_datetime"))
            data["to_date"] = _shown(shown.get("shown_to") or shown.get(f"{window}to_datetime"))
        return data

    @post_dump(pass_original=True)
    def add_event(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        """The event that the fee is for, of charges that are paid in advance; a renewal has none."""
        of_event = fee.fee_type == "charge" and fee.pay_in_advance
        return {**data, "event_transaction_id": fee.event_transaction_id} if of_event else data

    def dump_true_up(self, fee: Fee) -> str | None:
        true_up = self.true_ups.get(fee.id)
        return str(true_up) if true_up else None

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


class TaxedFeeSchema(FeeSchema):
    """A fee outside of its invoice: with its taxes. `self_billed`: the invoices that are."""

    def __init__(self, self_billed: Collection[uuid.UUID] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.self_billed = self_billed

    @post_dump(pass_original=True)
    def add_taxes(self, data: dict[str, Any], fee: Fee, **kwargs: Any) -> dict[str, Any]:
        rows = FeeTaxSchema(many=True).dump(fee.applied_taxes)
        taxes = [{**row, "amount_currency": fee.currency} for row in rows]
        return {**data, "self_billed": fee.invoice_id in self.self_billed, "applied_taxes": taxes}


def true_ups_among(fees: Iterable[Fee]) -> dict[uuid.UUID, uuid.UUID]:
    """The ids of the true-ups among fees, by those of the fees that they hang on."""
    return {fee.true_up_parent_fee_id: fee.id for fee in fees if fee.true_up_parent_fee_id}


def _shown(instant: str | None) -> str | None:
    """`2024-02-29T23:59:59.999Z` as `2024-02-29T23:59:59+00:00`."""
    return f"{instant[:19]}+00:00" if instant else None
