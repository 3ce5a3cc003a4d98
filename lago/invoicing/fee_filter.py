"""The filter of a charge that a fee is for, as it was when the fee was made (02 §7.1)."""

from typing import Any

from lago.catalog.models import ChargeFilter
from lago.invoicing.models import Fee


def of_filter(charge_filter: ChargeFilter | None) -> dict[str, Any]:
    """What a fee keeps of its filter: filters may be renamed, and given other values, afterwards.

    The keys stand in a list, as a JSON object in the database has no order.
    """
    if charge_filter is None:
        return {}
    values = [[key, texts] for key, texts in charge_filter.values.items()]
    return {"filter": {"values": values, "name": charge_filter.display_name}}


def filter_values(fee: Fee) -> dict[str, list[str]] | None:
    """The texts of each key that the filter matched."""
    kept: dict[str, Any] | None = fee.properties.get("filter")
    if kept:
        return dict(kept["values"])
    return fee.charge_filter.values if fee.charge_filter else None


def filter_name(fee: Fee) -> str | None:
    """What documents called the filter."""
    kept: dict[str, Any] | None = fee.properties.get("filter")
    if kept:
        return str(kept["name"])
    return fee.charge_filter.display_name if fee.charge_filter else None
