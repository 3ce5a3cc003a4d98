"""The WHERE of a question in PostgreSQL, with its parameters: which events are meant."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lago.metering.store.questions import Condition, EventSet


@dataclass
class Parameters:
    """The parameters of a statement, by names that no two questions share."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, value: Any) -> str:
        """Takes a value; returns its place in the SQL."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def matching(events: EventSet, parameters: Parameters) -> str:
    """`WHERE …`: the events of the set. The index is entered by subscription, code and time."""
    return "WHERE " + " AND ".join(_conditions(events, parameters))


def _conditions(events: EventSet, parameters: Parameters) -> Iterator[str]:
    yield "organization_id = :organization_id AND external_subscription_id = :external_subscription_id"
    yield f"code = {parameters.add(events.code)}"
    yield f"timestamp <= {parameters.add(events.ends)}"
    if events.starts:
        yield f"timestamp >= {parameters.add(events.starts)}"
    yield from (_holds(condition, parameters) for condition in events.only)
    for conditions in events.none_of:
        both = " AND ".join(_holds(condition, parameters) for condition in conditions)
        yield f"({both}) IS NOT TRUE"
    yield from (_in_group(key, text, parameters) for key, text in events.in_group)
    if mark := events.up_to:
        place = ", ".join(parameters.add(value) for value in (mark.timestamp, mark.created_at, mark.seq))
        yield f"(timestamp, created_at, seq) <= ({place})"
        if mark.as_told:
            yield f"seq <= {parameters.add(mark.seq)}"


def _holds(condition: Condition, parameters: Parameters) -> str:
    key, texts = condition
    return f"properties ->> {parameters.add(key)} = ANY({parameters.add(list(texts))})"


def _in_group(key: str, text: str | None, parameters: Parameters) -> str:
    """The property is the string, or blank; a number is equal to no text here (01 §3.4)."""
    name = parameters.add(key)
    if text is None:
        return f"(properties ->> {name} ~ '\\S') IS NOT TRUE"
    return f"properties -> {name} = to_jsonb(CAST({parameters.add(text)} AS text))"
