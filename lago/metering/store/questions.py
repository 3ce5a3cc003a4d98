"""What can be asked of the events of a subscription, and what comes back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Read(StrEnum):
    """COUNT of events; SUM and MAX of the property where it is a number (01 §3.1); DISTINCT values of the property
    that are added and not removed again (01 §3.6).
    """

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    DISTINCT = "distinct"


@dataclass(frozen=True)
class EventSet:
    """Events of one code from `starts` (None: all history) to `ends`, both included.

    `only`: properties that must have one of the given texts. `group_keys`: properties whose texts split the answer.
    """

    code: str
    starts: datetime | None
    ends: datetime
    field_name: str | None = None
    group_keys: tuple[str, ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Question:
    """One figure of one set of events, for each of its groups."""

    read: Read
    events: EventSet


@dataclass(frozen=True)
class Group:
    """The figure of one group; `keys` are the texts of the group keys, in their order, None where there is none."""

    keys: tuple[str | None, ...]
    value: Decimal
    events_count: int
