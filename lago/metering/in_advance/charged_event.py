"""One event on one charge that is paid in advance: in which period, bucket and group it is priced (01 §3.9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from lago.catalog.models import BillableMetric, Charge
from lago.metering.aggregations import Measurement, UsageWindow
from lago.metering.buckets import Bucket, bucket_of_event
from lago.metering.in_advance.states import Place, Spot, place_in, spot_of
from lago.metering.property_text import property_number, property_text
from lago.metering.store import EventMark
from lago.metering.usage import TARGET_WALLET, group_keys_of, usage_window
from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.proration import days
from lago.pricing.rounding import ratio_in_doubles16
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows


class AnyEvent(Protocol):
    """A stored event, or one that is estimated."""

    transaction_id: str
    code: str
    properties: dict[str, Any]
    precise_total_amount_cents: Decimal | None


@dataclass(frozen=True)
class ChargedEvent:
    """`mark`: the event's place in time. `windows`: those of the period that contains it.

    `grouped_by`: the texts of the group keys, None where they are blank, as the fee shows them.
    """

    event: AnyEvent
    mark: EventMark
    subscription: Subscription
    bucket: Bucket
    windows: Windows
    grouped_by: dict[str, str | None]

    @property
    def charge(self) -> Charge:
        return self.bucket.charge

    @property
    def metric(self) -> BillableMetric:
        return self.bucket.charge.billable_metric

    @property
    def value(self) -> Any:
        """The property that the metric measures."""
        return self.event.properties.get(self.metric.field_name or "")

    @property
    def is_usage(self) -> bool:
        """Whether it makes a fee: not without the property that is measured, nor if that should be a number and is
        none (01 §3.9)."""
        kind = self.metric.aggregation_type
        if kind == "sum_agg":
            return property_number(self.value) is not None
        return kind == "count_agg" or not _is_blank(self.value)

    @property
    def is_of_the_rest(self) -> bool:
        """In the default bucket of a charge with filters. Such an event is priced among all groups, and follows the
        last event of any filter (01 §3.9)."""
        return self.bucket.charge_filter is None and bool(self.charge.filters)

    @property
    def priced_among(self) -> dict[str, str | None]:
        """The group whose events count with it."""
        return {} if self.is_of_the_rest else self.grouped_by

    @property
    def spot(self) -> Spot:
        """Where the state is kept that it leaves."""
        return spot_of(self.bucket, self.grouped_by)

    @property
    def place_before(self) -> Place:
        """Where the state is found that it follows. It is the newest of the period, be it later than the event."""
        return place_in(self.window, spot_of(self.bucket, self.priced_among), any_filter=self.is_of_the_rest)

    @cached_property
    def window(self) -> UsageWindow:
        return usage_window(self.subscription, self.windows)

    @property
    def coefficient(self) -> Decimal | None:
        """Of prorated charges, the part of the period that is left after the event (01 §3.9)."""
        if not self.charge.prorated:
            return None
        left = days(self.mark.timestamp, self.window.ends, self.window.zone)
        return ratio_in_doubles16(left, self.window.duration)

    @property
    def measurement(self) -> Measurement:
        """The events up to and including it, as they are counted for its price: not rounded, not prorated."""
        return Measurement(
            self.metric, self.window, only=self.bucket.only, none_of=self.bucket.none_of,
            in_group=tuple(self.priced_among.items()), up_to=self.mark, rounds=False,
            needs=CHARGE_MODELS[self.charge.charge_model].needs(self.bucket.properties),
        )


def charged_events(subscription: Subscription, event: AnyEvent, mark: EventMark) -> Iterator[ChargedEvent]:
    """The event on each charge in advance on its metric in the subscription's plan."""
    for charge in subscription.plan.charges:
        if charge.pay_in_advance and charge.billable_metric.code == event.code:
            bucket = bucket_of_event(charge, event.properties)
            windows = current_windows(subscription, mark.timestamp)
            yield ChargedEvent(event, mark, subscription, bucket, windows, _grouped_by(bucket, event.properties))


def _is_blank(value: Any) -> bool:
    return value in (None, [], {}) or value is False or (isinstance(value, str) and not value.strip())


def _grouped_by(bucket: Bucket, properties: Mapping[str, Any]) -> dict[str, str | None]:
    """The group of the event; the wallet that it is meant for only where it names one (01 §3.11)."""
    texts = {key: property_text(properties.get(key)) for key in group_keys_of(bucket)}
    group = {key: text if text and text.strip() else None for key, text in texts.items()}
    if group.get(TARGET_WALLET) is None:
        group.pop(TARGET_WALLET, None)
    return group
