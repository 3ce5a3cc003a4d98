"""What the SELECTs of questions have in common: columns, and the order of events."""

from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import EventSet

# Of texts longer than this none is a number: PostgreSQL could not hold the longest ones.
_MOST_DIGITS = 500

NO_FIGURES = "NULL::numeric[]"

BY_TIME = "timestamp, created_at, seq"


def groups_of(events: EventSet, parameters: Parameters) -> str:
    """The texts of the group keys, as one array."""
    texts = ", ".join(f"properties ->> {parameters.add(key)}" for key in events.group_keys)
    return f"ARRAY[{texts}]::text[]"


def text_of(events: EventSet, parameters: Parameters) -> str:
    """The text of the property."""
    return f"(properties ->> {parameters.add(events.field_name)})"


def numbers(events: EventSet, parameters: Parameters, *more: str) -> str:
    """A SELECT of groups, number and the columns in `more`: the events whose property is a number (01 §3.1)."""
    text = text_of(events, parameters)
    columns = ", ".join((f"{groups_of(events, parameters)} AS groups", f"{text}::numeric AS number", *more))
    return f"SELECT {columns} FROM events {matching(events, parameters)} AND {is_number(text)}"


def by_group(events: EventSet) -> str:
    """How a window over the rows of a set is split: not at all if there is one group, which saves a sort."""
    return "PARTITION BY groups" if events.group_keys else ""


def is_number(text: str) -> str:
    """Whether the text of a property is a number, in SQL (01 §3.1)."""
    return rf"{text} ~ '^-?[0-9]+(\.[0-9]+)?$' AND length({text}) <= {_MOST_DIGITS}"
