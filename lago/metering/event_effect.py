"""What one event does to the units of a bucket (01 §3.6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lago.catalog.models import BillableMetric
from lago.metering.aggregations import UsageWindow
from lago.metering.buckets import Bucket
from lago.metering.models import Event
from lago.metering.property_text import property_number, property_text
from lago.metering.store import EventMark, EventSet, Group, Question, Read, event_store

ZERO, ONE = Decimal(0), Decimal(1)


class Kind(StrEnum):
    """What kind of effect it is. Each kind of metric knows some of them, and all that read a number the last two."""

    COUNTED = "counted"
    ADDED = "added"
    MOVED_LEVEL = "moved_level"
    GREATEST = "greatest"
    NOT_GREATEST = "not_greatest"
    LATEST = "latest"
    REPLACED = "replaced"
    VALUE_ADDED = "value_added"
    VALUE_REMOVED = "value_removed"
    NO_CHANGE = "no_change"
    NO_PROPERTY = "no_property"
    NO_NUMBER = "no_number"


@dataclass(frozen=True)
class Effect:
    """`units`: what the event adds, or its number where one event decides for all. `text`: its property's text.
    `other`: the greatest number, where that is another one."""

    kind: Kind
    units: Decimal = ZERO
    text: str | None = None
    other: Decimal | None = None


@dataclass(frozen=True)
class Place:
    """A bucket that has the event, the window over which it is counted, and the texts of the event's group."""

    bucket: Bucket
    window: UsageWindow
    group_keys: tuple[str, ...]
    texts: tuple[str | None, ...]


def effects_of(event: Event, metric: BillableMetric, places: Sequence[Place]) -> list[Effect]:
    """What the event does in each of the places. One query at most."""
    value = event.properties.get(metric.field_name or "")
    if metric.aggregation_type == "count_agg":
        return [Effect(Kind.COUNTED, ONE)] * len(places)
    if metric.aggregation_type == "unique_count_agg":
        return _of_distinct(event, metric, property_text(value), places)
    number = property_number(value)
    if number is None:
        kind = Kind.NO_PROPERTY if value is None else Kind.NO_NUMBER
        return [Effect(kind, text=property_text(value))] * len(places)
    if metric.aggregation_type == "max_agg":
        return _of_greatest(event, metric, number, places)
    if metric.aggregation_type == "latest_agg":
        return _of_latest(event, metric, number, places)
    kind = Kind.MOVED_LEVEL if metric.aggregation_type == "weighted_sum_agg" else Kind.ADDED
    return [Effect(kind, number)] * len(places)


def _of_greatest(event: Event, metric: BillableMetric, number: Decimal, places: Sequence[Place]) -> list[Effect]:
    groups = _ask(event, places, [[Question(Read.MAX, _events(metric, place))] for place in places])
    greatest = [group.value if group else number for (group,) in groups]
    return [
        Effect(Kind.GREATEST, number) if number >= other else Effect(Kind.NOT_GREATEST, number, other=other)
        for other in greatest
    ]


def _of_latest(event: Event, metric: BillableMetric, number: Decimal, places: Sequence[Place]) -> list[Effect]:
    """It was replaced if there are more numbers from its moment on than those up to it."""
    since = [replace(_events(metric, place), starts=event.timestamp) for place in places]
    asked = [
        [Question(Read.SUM, events), Question(Read.SUM, replace(events, up_to=_mark(event)))] for events in since
    ]
    return [
        Effect(Kind.REPLACED if _count(all_) > _count(up_to) else Kind.LATEST, number)
        for all_, up_to in _ask(event, places, asked)
    ]


def _of_distinct(
    event: Event, metric: BillableMetric, text: str | None, places: Sequence[Place]
) -> list[Effect]:
    """The difference between the distinct values with the event and those before it; the same value is enough."""
    asked = []
    for place in places:
        events = _events(metric, place, whole_history=metric.recurring)
        if text is not None and metric.field_name:
            events = replace(events, only=(*events.only, (metric.field_name, (text,))))
        asked.append([
            Question(Read.DISTINCT, replace(events, up_to=_mark(event))),
            Question(Read.DISTINCT, replace(events, up_to=replace(_mark(event), seq=event.seq - 1))),
        ])
    return [_change(_value(with_it) - _value(before), text) for with_it, before in _ask(event, places, asked)]


def _change(change: Decimal, text: str | None) -> Effect:
    kind = Kind.VALUE_ADDED if change > 0 else Kind.VALUE_REMOVED if change < 0 else Kind.NO_CHANGE
    return Effect(kind, change, text)


def _events(metric: BillableMetric, place: Place, *, whole_history: bool = False) -> EventSet:
    bucket, window = place.bucket, place.window
    return EventSet(
        metric.code, None if whole_history else window.floor, window.ends, metric.field_name, place.group_keys,
        bucket.only, bucket.none_of,
    )


def _mark(event: Event) -> EventMark:
    return EventMark(event.timestamp, event.created_at, event.seq)


def _ask(
    event: Event, places: Sequence[Place], asked: Sequence[Sequence[Question]]
) -> Iterator[list[Group | None]]:
    """For each place the answers to its questions for the event's own group; None where that has no events."""
    questions = [question for ones in asked for question in ones]
    subscription = event.external_subscription_id or ""
    answers = iter(event_store().answer(event.organization_id, subscription, questions))
    for place, ones in zip(places, asked, strict=True):
        yield [next((group for group in next(answers) if group.keys == place.texts), None) for _ in ones]


def _count(group: Group | None) -> int:
    return group.events_count if group else 0


def _value(group: Group | None) -> Decimal:
    return group.value if group else ZERO
