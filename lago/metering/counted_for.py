"""What one event counted for: which subscriptions, charges, filters and groups, and with how many units.

It answers "where is my event?" and changes nothing. Whether it was invoiced is known higher up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from lago.catalog.models import BillableMetric, Charge, ChargeFilter
from lago.catalog.queries import billable_metric_by_code
from lago.metering.aggregations import UsageWindow
from lago.metering.buckets import Bucket, bucket_of_event, buckets_of, conditions_of
from lago.metering.event_effect import Effect, Place, effects_of
from lago.metering.models import Event
from lago.metering.property_text import property_text
from lago.metering.usage import group_keys_of, usage_window
from lago.subscriptions.browse import subscriptions_named
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows

MOST_SUBSCRIPTIONS = 10
LAST_PERIOD = datetime(9998, 1, 1, tzinfo=UTC)
"""A period later than this may end after the last date that there is."""

WITHOUT_LOWER_BOUND = ("sum_agg", "unique_count_agg")


class Standing(StrEnum):
    """Where an event lies in the life of a subscription."""

    WITHIN = "within"
    BEFORE_START = "before_start"
    AFTER_END = "after_end"
    NOT_STARTED = "not_started"


@dataclass(frozen=True)
class Share:
    """The event in one bucket and group of a charge; blank texts of a group are None."""

    bucket: Bucket
    grouped_by: dict[str, str | None]
    effect: Effect


@dataclass(frozen=True)
class PassedOver:
    """A filter that the event matches without being counted by it, as others go first (01 §3.3 A)."""

    charge_filter: ChargeFilter
    taken_by: tuple[ChargeFilter, ...]


@dataclass(frozen=True)
class OnCharge:
    """The event on one charge: in one bucket, or in several where filters overlap.

    `billed_alone_in`: of a charge in advance, the bucket whose price the event has by itself (01 §3.3 B).
    """

    charge: Charge
    shares: tuple[Share, ...]
    passed_over: tuple[PassedOver, ...]
    billed_alone_in: Bucket | None


@dataclass(frozen=True)
class OnSubscription:
    """The event on one subscription of its external id. `window`: the first charge window that counts it, if any."""

    subscription: Subscription
    standing: Standing
    window: UsageWindow | None
    charges: tuple[OnCharge, ...] = ()


@dataclass(frozen=True)
class CountedFor:
    """`metric` is None if no metric has the event's code: then it counts for nothing."""

    event: Event
    metric: BillableMetric | None
    subscriptions: tuple[OnSubscription, ...] = ()


def counted_for(event: Event) -> CountedFor:
    """What the event counts for by the rules of usage (01 §1.8, §3), as plans, metrics and zones are now.

    At most ten subscriptions of its external id are looked at: those without an end, then the last ended.
    """
    metric = billable_metric_by_code(event.organization_id, event.code)
    if metric is None or event.external_subscription_id is None:
        return CountedFor(event, metric)
    named = subscriptions_named(event.organization_id, event.external_subscription_id, MOST_SUBSCRIPTIONS)
    standings = [(one, *_standing(event, metric, one)) for one in named]
    places = [
        place for one, _, window in standings if window
        for charge in _charges(metric, one) for place in _places(event, charge, window)
    ]
    effects = iter(effects_of(event, metric, places))
    return CountedFor(event, metric, tuple(
        OnSubscription(one, standing, window, _on_charges(event, metric, one, window, effects))
        for one, standing, window in standings
    ))


def _standing(
    event: Event, metric: BillableMetric, subscription: Subscription
) -> tuple[Standing, UsageWindow | None]:
    if subscription.started_at is None:
        return Standing.NOT_STARTED, None
    at = min(event.timestamp, LAST_PERIOD)
    window = usage_window(subscription, current_windows(subscription, at))
    if event.timestamp > window.ends:
        return Standing.AFTER_END, None
    if event.timestamp >= window.floor:
        return Standing.WITHIN, window
    whole_history = metric.recurring and metric.aggregation_type in WITHOUT_LOWER_BOUND
    return Standing.BEFORE_START, window if whole_history else None


def _charges(metric: BillableMetric, subscription: Subscription) -> list[Charge]:
    return [charge for charge in subscription.plan.charges if charge.billable_metric_id == metric.id]


def _places(event: Event, charge: Charge, window: UsageWindow) -> Iterator[Place]:
    for bucket in buckets_of(charge):
        if bucket.has(event.properties):
            keys = group_keys_of(bucket)
            yield Place(bucket, window, keys, tuple(property_text(event.properties.get(key)) for key in keys))


def _on_charges(
    event: Event, metric: BillableMetric, subscription: Subscription, window: UsageWindow | None,
    effects: Iterator[Effect],
) -> tuple[OnCharge, ...]:
    if window is None:
        return ()
    return tuple(
        OnCharge(
            charge,
            tuple(_share(place, next(effects)) for place in _places(event, charge, window)),
            tuple(_passed_over(event, charge)),
            bucket_of_event(charge, event.properties) if charge.pay_in_advance else None,
        )
        for charge in _charges(metric, subscription)
    )


def _share(place: Place, effect: Effect) -> Share:
    texts = (text if text and text.strip() else None for text in place.texts)
    return Share(place.bucket, dict(zip(place.group_keys, texts, strict=True)), effect)


def _passed_over(event: Event, charge: Charge) -> Iterator[PassedOver]:
    for bucket in buckets_of(charge):
        if bucket.charge_filter and bucket.meets_filter(event.properties) and not bucket.has(event.properties):
            yield PassedOver(bucket.charge_filter, tuple(_takers(event, bucket)))


def _takers(event: Event, bucket: Bucket) -> Iterator[ChargeFilter]:
    for other in buckets_of(bucket.charge):
        if other.charge_filter and other.meets_filter(event.properties):
            if conditions_of(bucket.charge, other.charge_filter) in bucket.none_of:
                yield other.charge_filter
