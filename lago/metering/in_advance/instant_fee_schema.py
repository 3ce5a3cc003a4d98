"""The fee of an event that is priced alone, as the API shows it (01 §1.12)."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema

from lago.core.fields import plain
from lago.metering.in_advance.instant_fees import InstantFee
from lago.pricing.currencies import CURRENCIES
from lago.pricing.fees import major_units
from lago.pricing.rounding import exact

_NULL = (
    "lago_id", "lago_invoice_id", "lago_true_up_fee_id", "lago_true_up_parent_fee_id", "description", "created_at",
    "succeeded_at", "failed_at", "refunded_at", "amount_details",
)


class InstantFeeSchema(Schema):
    """Amounts are decimal texts, whole cents too; the unit amount is in cents. There are no taxes."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return [_shown(fee) for fee in obj] if many else _shown(obj)


def _shown(fee: InstantFee) -> dict[str, Any]:
    subscription, charge = fee.subscription, fee.bucket.charge
    return {
        **dict.fromkeys(_NULL),
        "lago_charge_id": str(charge.id),
        "lago_charge_filter_id": str(fee.bucket.charge_filter.id) if fee.bucket.charge_filter else None,
        "lago_subscription_id": str(subscription.id),
        "external_subscription_id": subscription.external_id,
        "lago_customer_id": str(subscription.customer_id),
        "external_customer_id": subscription.customer.external_id,
        "item": _item(fee),
        "pay_in_advance": True,
        "invoiceable": charge.invoiceable,
        **_amounts(fee),
        "events_count": 1,
        "payment_status": "pending",
        "event_transaction_id": fee.event.transaction_id,
    }


def _item(fee: InstantFee) -> dict[str, Any]:
    charge, metric, charge_filter = fee.bucket.charge, fee.bucket.charge.billable_metric, fee.bucket.charge_filter
    return {
        "type": "charge",
        "code": metric.code,
        "name": metric.name,
        "description": metric.description,
        "invoice_display_name": charge.invoice_display_name or metric.name,
        "filters": charge_filter.values if charge_filter else None,
        "filter_invoice_display_name": charge_filter.display_name if charge_filter else None,
        "lago_item_id": str(metric.id),
        "item_type": "BillableMetric",
        "grouped_by": {},
    }


@exact
def _amounts(fee: InstantFee) -> dict[str, Any]:
    currency, amounts = fee.subscription.plan.amount_currency, fee.amounts
    cents, precise = plain(Decimal(amounts.amount_cents)), plain(major_units(amounts.precise_amount_cents, currency))
    return {
        "amount_cents": cents,
        "amount_currency": currency,
        "precise_amount": precise,
        "precise_total_amount": precise,
        "taxes_amount_cents": 0,
        "taxes_precise_amount": 0,
        "taxes_rate": 0,
        "total_amount_cents": cents,
        "total_amount_currency": currency,
        "units": plain(fee.price.units),
        "precise_unit_amount": plain(amounts.precise_unit_amount * CURRENCIES[currency].subunit),
        "precise_coupons_amount_cents": "0.0",
    }
