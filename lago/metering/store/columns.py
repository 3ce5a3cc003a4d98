"""What the SELECTs of questions have in common: columns, groups, and the order of events.

Each text of a group is a column of its own until the end, because PostgreSQL is much slower with arrays.
"""

from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import EventSet

# Of texts longer than this none is a number: PostgreSQL could not hold the longest ones.
_MOST_DIGITS = 500

NO_FIGURES = "NULL::numeric[]"

BY_TIME = "timestamp, created_at, seq"


def text_of(events: EventSet, parameters: Parameters) -> str:
    """The text of the property."""
    return f"(properties ->> {parameters.add(events.field_name)})"


def rows(events: EventSet, parameters: Parameters, *columns: str, condition: str = "") -> str:
    """A SELECT of the texts of the groups and of the columns: the events of the set."""
    texts = (f"properties ->> {parameters.add(key)} AS g{place}" for place, key in enumerate(events.group_keys))
    return f"SELECT {', '.join((*texts, *columns)) or 'true'} FROM events {matching(events, parameters)} {condition}"


def numbers(events: EventSet, parameters: Parameters, *more: str) -> str:
    """A SELECT of the groups, the number and the columns in `more`: the events whose property is one (01 §3.1)."""
    text = text_of(events, parameters)
    return rows(events, parameters, f"{text}::numeric AS number", *more, condition=f"AND {is_number(text)}")


def is_number(text: str) -> str:
    """Whether a text of a property counts as a number, in SQL (01 §3.1)."""
    return rf"{text} ~ '^-?[0-9]+(\.[0-9]+)?$' AND length({text}) <= {_MOST_DIGITS}"


def names(events: EventSet, *more: str) -> str:
    """The columns of the groups, and more."""
    return ", ".join((*(f"g{place}" for place, _ in enumerate(events.group_keys)), *more))


def as_array(events: EventSet) -> str:
    """The texts of the groups, as they are answered."""
    return f"ARRAY[{names(events)}]::text[]"


def each_group(events: EventSet) -> str:
    """`GROUP BY` the groups; where there is but one, it is there if it has events."""
    return f"GROUP BY {names(events)}" if events.group_keys else "HAVING count(*) > 0"


def partition(events: EventSet, *more: str) -> str:
    """`PARTITION BY` the groups, and more; nothing where there is nothing to split, which saves a sort."""
    return f"PARTITION BY {split}" if (split := names(events, *more)) else ""
