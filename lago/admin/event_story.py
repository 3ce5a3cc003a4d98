"""What an event counted for, in plain sentences: its subscriptions, and the charges of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from lago.admin.event_words import (
    IGNORED,
    Sentence,
    billing_words,
    bucket_words,
    effect_words,
    own_fee_words,
    passed_over_words,
    standing_words,
)
from lago.admin.formats import day, span
from lago.invoicing.event_fees import EventFees, event_fees
from lago.metering.aggregations import UsageWindow
from lago.metering.counted_for import CountedFor, OnCharge, OnSubscription, Share, Standing, counted_for
from lago.metering.models import Event
from lago.pricing.local_time import local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import zone_of


@dataclass(frozen=True)
class ChargeStory:
    """A charge, and what it made of the event: a paragraph for each filter that counts it, or that would have."""

    name: str
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class SubscriptionStory:
    """A subscription of the event's external id, when the event happened for it, and its charges."""

    subscription: Subscription
    when: str
    charges: tuple[ChargeStory, ...]


@dataclass(frozen=True)
class Story:
    """`nothing`: why nothing counts it, if nothing does."""

    counted: CountedFor
    nothing: str
    subscriptions: tuple[SubscriptionStory, ...]


def story_of(event: Event) -> Story:
    """The story of an event, as things stand now."""
    counted = counted_for(event)
    fees = event_fees(counted)
    return Story(counted, _nothing(counted), tuple(_on(counted, one, fees) for one in counted.subscriptions))


def _nothing(counted: CountedFor) -> str:
    event = counted.event
    if counted.metric is None:
        return f"No billable metric has the code “{event.code}”. One that is made later will count this event."
    if event.external_subscription_id is None:
        return "It names no subscription, so it counts for none."
    if not counted.subscriptions:
        return (
            f"No subscription has the external id “{event.external_subscription_id}”. One that is made later "
            "counts this event if it starts before it."
        )
    return ""


def _on(counted: CountedFor, on: OnSubscription, fees: EventFees) -> SubscriptionStory:
    charges = tuple(_charge(counted, on, one, fees) for one in on.charges)
    return SubscriptionStory(on.subscription, _when(counted, on), charges)


def _when(counted: CountedFor, on: OnSubscription) -> str:
    subscription, zone = on.subscription, zone_of(on.subscription)
    happened = f"{counted.event.timestamp.astimezone(zone):%d %b %Y, %H:%M} ({zone.key})".lstrip("0")
    if on.standing is Standing.NOT_STARTED:
        return "It has not started yet, and counts nothing before it has."
    if on.standing is Standing.AFTER_END:
        ended = subscription.terminated_at
        end = f"after the subscription ended on {day(local_date(ended, zone))}" if ended else "too far in the future"
        return f"It happened on {happened}, {end}, so it does not count."
    if on.window is None or subscription.started_at is None:
        started = day(subscription.started_at and local_date(subscription.started_at, zone))
        return f"It happened on {happened}, before the subscription started on {started}, so it does not count."
    first = "; it is of the time before, and counts from the first period on:" if (
        on.standing is Standing.BEFORE_START
    ) else ", in the period"
    without = "" if on.charges else f" The plan {subscription.plan.name} has no charge on this metric."
    return f"It happened on {happened}{first} {_period(on.window)}.{without}"


def _period(window: UsageWindow) -> str:
    return span(local_date(window.starts, window.zone), local_date(window.ends, window.zone))


def _charge(counted: CountedFor, on: OnSubscription, one: OnCharge, fees: EventFees) -> ChargeStory:
    name = one.charge.invoice_display_name or one.charge.billable_metric.name
    paragraphs = [tuple(_paragraph(counted, on, one, share, fees)) for share in one.shares]
    passed_over = [(passed_over_words(passed),) for passed in one.passed_over]
    return ChargeStory(name, (*paragraphs, *passed_over))


def _paragraph(
    counted: CountedFor, on: OnSubscription, one: OnCharge, share: Share, fees: EventFees
) -> Iterator[Sentence]:
    assert on.window and counted.metric  # else there is no share
    yield from bucket_words(share)
    yield effect_words(share.effect, counted.event, counted.metric.field_name)
    if share.effect.kind in IGNORED:
        return
    yield from standing_words(one, counted.event, on.window)
    if one.billed_alone_in:
        yield own_fee_words(one, share, fees.own_of(on, one))
    else:
        yield billing_words(one, share, on.window, fees.periods.get(on.subscription.id))
