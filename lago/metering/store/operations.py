"""What was last done to single values of a unique count: SQL for the question of which of them are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import EventSet

_COLUMNS = "properties ->> 'operation_type' AS operation, timestamp, seq"


@dataclass(frozen=True)
class Operations:
    """What was done to some `values` of the property (a JSON array as text) in a set of events: asked for are the last
    event before `since`, and all from then on."""

    events: EventSet
    values: str
    since: datetime


@dataclass(frozen=True)
class Operation:
    """One event of a unique count: its value as JSON, and the text of its operation, None where it names none."""

    value: Any
    operation: str | None
    timestamp: datetime
    seq: int


def operations(asked: Sequence[Operations], parameters: Parameters) -> str:
    """A SELECT of place among those asked, value as JSON, operation, timestamp and number of event: of each value the
    last event before `since`, and all from then on."""
    selects = (_select(place, one, parameters) for place, one in enumerate(asked))
    return " UNION ALL ".join(f"({select})" for select in selects)


def _select(place: int, asked: Operations, parameters: Parameters) -> str:
    value = f"(properties -> {parameters.add(asked.events.field_name)})"
    rows = f"""SELECT {place} AS place, {value} AS value, {_COLUMNS} FROM events {matching(asked.events, parameters)}
        AND {value} IN (SELECT jsonb_array_elements(CAST({parameters.add(asked.values)} AS jsonb)))"""
    since = parameters.add(asked.since)
    return f"""(SELECT DISTINCT ON (value) * FROM ({rows} AND timestamp < {since}) AS before
            ORDER BY value, timestamp DESC, seq DESC)
        UNION ALL ({rows} AND timestamp >= {since})"""
