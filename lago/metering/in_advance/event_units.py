"""The units of single events before what was billed already is looked at (01 §3.9: x)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson

from lago.metering.in_advance.charged_event import ChargedEvent
from lago.metering.property_text import property_number, property_text
from lago.metering.store import EventSet, Operation, Operations, event_store

ZERO, ONE = Decimal(0), Decimal(1)
ADD = "add"

History = Mapping[Any, Sequence[Operation]]
"""What was done to values, by their keys (`_key`)."""


def event_units(
    organization_id: uuid.UUID, external_subscription_id: str, events: Sequence[ChargedEvent]
) -> list[Decimal]:
    """Of a count 1, of a sum the number; of a unique count 1 for a value that was not there and is added, -1 for one
    that was there and is removed, else 0. One query at most."""
    histories = _histories(organization_id, external_subscription_id, events)
    return [_units(event, histories.get(_events_with(event), {})) for event in events]


def _units(event: ChargedEvent, history: History) -> Decimal:
    kind = event.metric.aggregation_type
    if kind == "count_agg":
        return ONE
    if kind == "sum_agg":
        return property_number(event.value) or ZERO
    is_there = _is_there(event, history.get(_key(event.value), ()))
    if _operation(event.event.properties) == ADD:
        return ZERO if is_there else ONE
    return -ONE if is_there else ZERO


def _is_there(event: ChargedEvent, done: Iterable[Operation]) -> bool:
    """Whether the latest event of the value before this one added it, as things stood when this one was told."""
    before = [one for one in done if one.timestamp < event.mark.timestamp and one.seq < event.mark.seq]
    if not before:
        return False
    latest = max(before, key=lambda one: (one.timestamp, one.seq))
    return latest.operation is None or latest.operation == ADD


def _operation(properties: Mapping[str, Any]) -> str:
    named = property_text(properties.get("operation_type"))
    return ADD if named is None else named


def _histories(
    organization_id: uuid.UUID, external_subscription_id: str, events: Iterable[ChargedEvent]
) -> dict[EventSet, dict[Any, list[Operation]]]:
    """What was done to the values of the events of unique counts, for each set of events that counts with them."""
    together: dict[EventSet, list[ChargedEvent]] = defaultdict(list)
    for event in events:
        if event.metric.aggregation_type == "unique_count_agg":
            together[_events_with(event)].append(event)
    asked = [_asked(events_with, some) for events_with, some in together.items()]
    answers = event_store().operations(organization_id, external_subscription_id, asked)
    return {events_with: _by_value(answer) for events_with, answer in zip(together, answers, strict=True)}


def _asked(events_with: EventSet, events: Sequence[ChargedEvent]) -> Operations:
    values = {_key(event.value): event.value for event in events}
    last = max(event.mark.timestamp for event in events)
    since = min(event.mark.timestamp for event in events)
    return Operations(replace(events_with, ends=last), orjson.dumps(list(values.values())).decode(), since)


def _events_with(event: ChargedEvent) -> EventSet:
    """The events that may have been about the same value: of its bucket and group; all history if that is kept."""
    measurement = replace(event.measurement, up_to=None)
    return measurement.events(whole_history=event.metric.recurring)


def _by_value(done: Iterable[Operation]) -> dict[Any, list[Operation]]:
    found: dict[Any, list[Operation]] = defaultdict(list)
    for one in done:
        found[_key(one.value)].append(one)
    return found


def _key(value: Any) -> Any:
    """Equal for JSON values that are equal in PostgreSQL: 1 and 1.0 are, 1 and "1" are not."""
    if isinstance(value, bool | dict | list):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return value
