"""What fees keep of what they were made of, as columns and as JSON."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from lago.invoicing.fee_filter import of_filter
from lago.metering.buckets import Bucket
from lago.pricing.values import FeeAmounts, Windows
from lago.subscriptions.models import Subscription

_SHOWN_WINDOWS = [name.name for name in fields(Windows) if name.name != "periods"]


def of_charge(subscription: Subscription, bucket: Bucket) -> dict[str, Any]:
    """What a fee says of the charge that it is for."""
    charge, charge_filter = bucket.charge, bucket.charge_filter
    return {
        "organization_id": subscription.organization_id, "subscription_id": subscription.id,
        "subscription": subscription, "charge_id": charge.id, "charge": charge,
        "charge_filter_id": charge_filter and charge_filter.id, "charge_filter": charge_filter,
        "billable_metric_id": charge.billable_metric_id, "billable_metric": charge.billable_metric,
        "fee_type": "charge", "currency": subscription.plan.amount_currency,
    }


def of_prices(bucket: Bucket) -> dict[str, Any]:
    """The prices that a fee was made by, and the filter that they are of."""
    return {
        "charge_model": bucket.charge.charge_model, "prices": bucket.properties, **of_filter(bucket.charge_filter)
    }


def amounts_of(amounts: FeeAmounts) -> dict[str, Any]:
    """The amounts as columns of a fee."""
    return {
        "amount_cents": amounts.amount_cents, "precise_amount_cents": amounts.precise_amount_cents,
        "unit_amount_cents": amounts.unit_amount_cents, "precise_unit_amount": amounts.precise_unit_amount,
    }


def shown_dates(period: Windows) -> dict[str, str]:
    """The time that a renewal, or the fee of an event without invoice, is shown to be for: the dates in UTC of the
    period that contains its moment, whatever the windows of the fee are (02 §7.2)."""
    starts, ends = period.charges_from_datetime, period.charges_to_datetime
    assert starts and ends  # the subscription has started
    return {
        "shown_from": f"{starts.astimezone(UTC).date()}T00:00:00", "shown_to": f"{ends.astimezone(UTC).date()}T23:59:59"
    }


def shown_windows(windows: Windows) -> dict[str, Any]:
    """The windows as JSON: instants cut to milliseconds (03 §0), durations in days."""
    values = {name: getattr(windows, name) for name in _SHOWN_WINDOWS}
    return {name: as_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def as_text(instant: datetime) -> str:
    """An instant as fees keep it; such texts sort by time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
