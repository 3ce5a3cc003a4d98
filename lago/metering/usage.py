"""Priced usage: from events to the amounts of fees. Current usage, invoices and whatever else shows usage all take
it from here, so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.catalog.models import Charge, ChargeFilter
from lago.metering.aggregations import AGGREGATIONS, Measurement, UsageWindow
from lago.metering.buckets import Bucket, buckets_of
from lago.metering.store import Condition, Group, event_store
from lago.pricing.charge_models import price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.proration import days
from lago.pricing.values import FeeAmounts, Price, Usage, Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import zone_of

ZERO = Decimal(0)
TARGET_WALLET = "target_wallet_code"


@dataclass(frozen=True)
class PricedUsage:
    """The fee of one bucket and group of a charge, not yet written: usage, price, amounts in the plan's currency.

    `grouped_by` is empty where the bucket is not priced by groups; blank values are None (01 §3.4).
    """

    bucket: Bucket
    grouped_by: dict[str, str | None]
    usage: Usage
    price: Price
    amounts: FeeAmounts

    @property
    def charge(self) -> Charge:
        return self.bucket.charge

    @property
    def charge_filter(self) -> ChargeFilter | None:
        return self.bucket.charge_filter

    @property
    def events_count(self) -> int:
        return self.usage.events_count

    @property
    def total_aggregated_units(self) -> Decimal:
        return self.price.units

    @property
    def is_billed(self) -> bool:
        """Whether an invoice has a fee for it (02 §4-2)."""
        return bool(self.price.units or self.amounts.amount_cents or self.events_count)


@dataclass(frozen=True)
class Narrowing:
    """Parts of the usage only: events whose properties have one of the texts, and no groups if not `grouped`."""

    only: tuple[Condition, ...] = ()
    grouped: bool = True

    def group_keys(self, bucket: Bucket) -> tuple[str, ...]:
        """The keys that still split the bucket: one that is narrowed to given texts does not (01 §4.1)."""
        keys = group_keys_of(bucket) if self.grouped else ()
        chosen = {key for key, _ in self.only}
        return tuple(key for key in keys if key not in chosen)


WHOLE = Narrowing()


def group_keys_of(bucket: Bucket) -> tuple[str, ...]:
    """The properties by which the bucket is priced in groups: its own, not its charge's (01 §3.4, §3.11)."""
    keys = tuple(bucket.properties.get("pricing_group_keys") or ())
    return (*keys, TARGET_WALLET) if bucket.charge.accepts_target_wallet else keys


def priced_usage(
    subscription: Subscription,
    windows: Windows,
    charges: Sequence[Charge] | None = None,
    narrowing: Narrowing = WHOLE,
    *,
    current: bool = False,
) -> list[PricedUsage]:
    """What the usage in the charge window costs, for each charge of the plan (or of `charges`), bucket and group.

    A bucket without events has one entry, with zeros and null groups. Charges come in the given order, filters in
    theirs and the default bucket last, groups by their values. `current`: for current usage, else as an invoice bills
    it. The window must not be None. One query in all.
    """
    charges = subscription.plan.charges if charges is None else charges
    window = usage_window(subscription, windows)
    buckets = [bucket for charge in charges for bucket in buckets_of(charge)]
    measurements = [_measurement(bucket, window, narrowing, current) for bucket in buckets]
    questions = [AGGREGATIONS[m.metric.aggregation_type].question(m) for m in measurements]
    answers = event_store().answer(subscription.organization_id, subscription.external_id, questions)
    currency = subscription.plan.amount_currency
    return [
        _priced(bucket, measurement, group, currency)
        for bucket, measurement, groups in zip(buckets, measurements, answers, strict=True)
        for group in _in_order(groups) or [_without_events(measurement)]
    ]


def usage_window(subscription: Subscription, windows: Windows) -> UsageWindow:
    """The charge window of a subscription, in its customer's zone. Raises ValueError if there is none."""
    starts, ends = windows.charges_from_datetime, windows.charges_to_datetime
    if starts is None or ends is None or windows.charges_duration is None:
        raise ValueError(f"no charge window at {windows.timestamp}")
    zone = zone_of(subscription)
    return UsageWindow(starts, ends, windows.charges_duration, days(starts, ends, zone), zone)


def _measurement(bucket: Bucket, window: UsageWindow, narrowing: Narrowing, current: bool) -> Measurement:
    return Measurement(
        bucket.charge.billable_metric, window, narrowing.group_keys(bucket),
        (*bucket.only, *narrowing.only), bucket.none_of, prorated=bucket.charge.prorated, current=current,
    )


def _priced(bucket: Bucket, measurement: Measurement, group: Group, currency: str) -> PricedUsage:
    usage = AGGREGATIONS[measurement.metric.aggregation_type].usage(measurement, group)
    price = price_usage(bucket.charge.charge_model, usage, bucket.properties, currency)
    grouped_by = {
        key: text if text and text.strip() else None
        for key, text in zip(measurement.group_keys, group.keys, strict=True)
    }
    return PricedUsage(bucket, grouped_by, usage, price, fee_amounts(price, currency))


def _in_order(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: [(text is None, text or "") for text in group.keys])


def _without_events(measurement: Measurement) -> Group:
    return Group((None,) * len(measurement.group_keys), ZERO, 0)
