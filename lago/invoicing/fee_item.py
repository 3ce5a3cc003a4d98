"""What a fee is for, and how it is called (02 §7.1)."""

from dataclasses import dataclass
from typing import Any

from lago.catalog.models import AddOn
from lago.invoicing.fee_filter import filter_name, filter_values
from lago.invoicing.models import Fee

_ITEM_TYPES = {
    "charge": "BillableMetric", "subscription": "Subscription", "commitment": "Subscription", "fixed_charge": "AddOn",
    "add_on": "AddOn", "credit": "WalletTransaction",
}


@dataclass(frozen=True)
class _Credits:
    """What stands for the metric or plan of credits that are bought."""

    name: str
    code: str = "credit"
    description: str = "credit"


def fee_item(fee: Fee) -> dict[str, Any]:
    """The metric, plan, add-on or purchase that the fee is for, with the filter and the group of usage."""
    source, item_id = _source(fee)
    return {
        "type": fee.fee_type,
        "code": source.code,
        "name": source.name,
        "description": source.description,
        "invoice_display_name": fee_name(fee),
        "filters": filter_values(fee),
        "filter_invoice_display_name": filter_name(fee),
        "lago_item_id": str(item_id),
        "item_type": _ITEM_TYPES[fee.fee_type],
        "grouped_by": fee.grouped_by,
    }


def fee_name(fee: Fee) -> str:
    """What documents call it: by the fee's own display name, else by that of what it is for, else by its name."""
    if fee.invoice_display_name:
        return fee.invoice_display_name
    if fee.charge:
        return fee.charge.invoice_display_name or fee.charge.billable_metric.name
    if add_on := _add_on(fee):
        own = fee.fixed_charge.invoice_display_name if fee.fixed_charge else None
        return own or add_on.invoice_display_name or add_on.name
    subscription = fee.subscription
    if subscription is None:
        return _name_of_purchase(fee) or fee.fee_type
    return subscription.name or subscription.plan.invoice_display_name or subscription.plan.name


def _source(fee: Fee) -> tuple[Any, Any]:
    """The row with code, name and description, and the id of the item."""
    if fee.billable_metric:
        return fee.billable_metric, fee.billable_metric_id
    if add_on := _add_on(fee):
        return add_on, add_on.id
    if fee.wallet_transaction_id:
        return _Credits(_name_of_purchase(fee) or "credit"), fee.wallet_transaction_id
    return fee.subscription.plan if fee.subscription else None, fee.subscription_id


def _name_of_purchase(fee: Fee) -> str | None:
    return fee.wallet_transaction.name if fee.wallet_transaction else None


def _add_on(fee: Fee) -> AddOn | None:
    return fee.fixed_charge.add_on if fee.fixed_charge else fee.add_on
