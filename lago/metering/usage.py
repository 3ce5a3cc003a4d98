"""Priced usage: from events to the amounts of fees. Current usage, invoices and whatever else shows usage all take
it from here, so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.catalog.models import Charge, ChargeFilter
from lago.metering.aggregations import Measurement, UsageWindow
from lago.metering.aggregations.weighted_sum import final_level, last_change
from lago.metering.buckets import Bucket, buckets_of
from lago.metering.carried_levels import Cut, EndLevel, is_carried, openings
from lago.metering.charge_amounts import charge_amounts, price_currency
from lago.metering.in_advance.current import CurrentUnits, units_paid_in_advance
from lago.metering.measure import Measured, measure
from lago.metering.store import Condition
from lago.metering.usage_totals import Breakdown
from lago.pricing.charge_models import CHARGE_MODELS, price_usage
from lago.pricing.proration import days, days_for_upgrade
from lago.pricing.values import FeeAmounts, Price, Usage, Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import zone_of

TARGET_WALLET = "target_wallet_code"


@dataclass(frozen=True)
class PricedUsage:
    """The fee of one bucket and group of a charge, not yet written: usage, price, amounts in the plan's currency.

    `grouped_by` is empty where the bucket is not priced by groups; blank values are None (01 §3.4). `end_level`: what
    an invoice keeps for the next period, of recurring weighted sums.
    """

    bucket: Bucket
    grouped_by: dict[str, str | None]
    usage: Usage
    price: Price
    amounts: FeeAmounts
    presentation_breakdowns: tuple[Breakdown, ...] = ()
    end_level: EndLevel | None = None

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
        level = self.usage.total_aggregated_units
        return self.price.units if level is None else level

    @property
    def is_billed(self) -> bool:
        """Whether an invoice has a fee for it (02 §4-2)."""
        return bool(self.price.units or self.amounts.amount_cents or self.events_count)


@dataclass(frozen=True)
class Narrowing:
    """Parts of the usage only: events whose properties have one of the texts, and no groups if not `grouped`.

    `presentation_keys`: those of them by which units are broken down for display; all if it is None.
    """

    only: tuple[Condition, ...] = ()
    grouped: bool = True
    presentation_keys: tuple[str, ...] | None = None

    def group_keys(self, bucket: Bucket) -> tuple[str, ...]:
        """The keys that still split the bucket: one that is narrowed to given texts does not (01 §4.1)."""
        keys = group_keys_of(bucket) if self.grouped else ()
        chosen = {key for key, _ in self.only}
        return tuple(key for key in keys if key not in chosen)

    def shown_keys(self, charge: Charge) -> tuple[str, ...]:
        """The keys by which the units of a charge are broken down."""
        keys = tuple(key["value"] for key in charge.properties.get("presentation_group_keys") or ())
        asked = self.presentation_keys
        return keys if asked is None else tuple(key for key in keys if key in asked)


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
    zone: ZoneInfo | None = None,
    upgraded: bool = False,
) -> list[PricedUsage]:
    """What the usage in the charge window costs, for each charge of the plan (or of `charges`), bucket and group.

    A bucket without events has one entry, with zeros and null groups. Charges come in the given order, filters in
    theirs and the default bucket last, groups by their values. `current`: for current usage, else as an invoice bills
    it. `zone`: the one that days are counted in, if not the customer's of now. `upgraded`: the window ends by an
    upgrade. The window must not be None. One query in all, one for the levels that weighted sums begin with if there
    are any, and one for what of current usage was billed in advance.
    """
    charges = subscription.plan.charges if charges is None else charges
    window = usage_window(subscription, windows, zone, upgraded=upgraded)
    buckets = [bucket for charge in charges for bucket in buckets_of(charge)]
    measurements = measurements_of(subscription, buckets, window, narrowing, current)
    measured = measure(subscription.organization_id, subscription.external_id, measurements)
    together = [(bucket, group) for bucket, groups in zip(buckets, measured, strict=True) for group in groups]
    paid: Sequence[CurrentUnits | None] = [None] * len(together)
    if current:
        paid = units_paid_in_advance(subscription.organization_id, subscription.external_id, together)
    return [
        priced(subscription, bucket, group, units) for (bucket, group), units in zip(together, paid, strict=True)
    ]


def usage_window(
    subscription: Subscription, windows: Windows, zone: ZoneInfo | None = None, *, upgraded: bool = False
) -> UsageWindow:
    """The charge window of a subscription, in its customer's zone or another. Raises ValueError if there is none.

    `upgraded`: an upgrade ends it, whose day is the new plan's (daysU of 01 §0, Dsub of 02 §5).
    """
    starts, ends = windows.charges_from_datetime, windows.charges_to_datetime
    if starts is None or ends is None or windows.charges_duration is None:
        raise ValueError(f"no charge window at {windows.timestamp}")
    zone = zone or zone_of(subscription)
    count = days_for_upgrade if upgraded else days
    return UsageWindow(starts, ends, windows.charges_duration, count(starts, ends, zone), zone)


def measurements_of(
    subscription: Subscription, buckets: Sequence[Bucket], window: UsageWindow, narrowing: Narrowing, current: bool
) -> list[Measurement]:
    """What is to be measured of each bucket; one query at most, for the levels that weighted sums begin with."""
    cuts = [Cut(bucket, narrowing.group_keys(bucket), narrowing.only) for bucket in buckets]
    found = openings(subscription, cuts, before=window.starts)
    return [
        replace(
            _measurement(cut, window, current),
            opening=opening, presentation_keys=narrowing.shown_keys(cut.bucket.charge),
        )
        for cut, opening in zip(cuts, found, strict=True)
    ]


def _measurement(cut: Cut, window: UsageWindow, current: bool) -> Measurement:
    """What is paid in advance is not prorated by an invoice, which renews it for a whole period (01 §3.8).

    In current usage it is rounded after what was billed is known.
    """
    bucket, charge = cut.bucket, cut.bucket.charge
    return Measurement(
        charge.billable_metric, window, cut.group_keys, (*bucket.only, *cut.only), bucket.none_of,
        prorated=charge.prorated and (current or not charge.pay_in_advance), current=current,
        rounds=not (current and charge.pay_in_advance),
        needs=CHARGE_MODELS[charge.charge_model].needs(bucket.properties),
    )


def priced(
    subscription: Subscription, bucket: Bucket, measured: Measured, paid: CurrentUnits | None
) -> PricedUsage:
    """What a measured bucket and group costs. `paid`: the units of current usage of what is paid in advance."""
    charge, currency = bucket.charge, subscription.plan.amount_currency
    usage = paid.of(measured.usage) if paid else measured.usage
    price = price_usage(charge.charge_model, usage, bucket.properties, price_currency(charge, currency))
    price = replace(price, units=paid.shown) if paid else price
    return PricedUsage(
        bucket, measured.grouped_by, usage, price, charge_amounts(charge, price, currency), measured.breakdowns,
        _end_level(subscription, bucket, measured),
    )


def _end_level(subscription: Subscription, bucket: Bucket, measured: Measured) -> EndLevel | None:
    """Of groups only those that there are."""
    measurement, group = measured.measurement, measured.group
    is_a_group = group.figures or not measurement.group_keys
    if not (is_carried(measurement.metric) and is_a_group):
        return None
    keys = dict(zip(measurement.group_keys, group.keys, strict=True))
    return EndLevel(subscription, bucket, keys, last_change(measurement, group), final_level(group))
