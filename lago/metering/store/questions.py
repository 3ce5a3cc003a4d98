"""What can be asked of the events of a subscription, and what comes back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

Condition = tuple[str, tuple[str, ...]]
"""A property, and the texts of which it must have one; a property that is missing or null has none."""


class Read(StrEnum):
    """COUNT of events; SUM and MAX of the property where it is a number (01 §3.1); DISTINCT values of the property
    that are added and not removed again (01 §3.6).
    """

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    DISTINCT = "distinct"


@dataclass(frozen=True)
class EventMark:
    """The place of an event in the order of time; of equal timestamps the one that was told first comes first."""

    timestamp: datetime
    created_at: datetime
    seq: int


@dataclass(frozen=True)
class EventSet:
    """Events of one code from `starts` (None: all history) to `ends`, both included.

    `only`: conditions that all must hold. `none_of`: sets of conditions none of which may hold as a whole.
    `group_keys`: properties whose texts split the answer. `in_group`: properties with the one text that they must have,
    as a JSON string; None where they must be blank or missing. `up_to`: the last event that counts.
    """

    code: str
    starts: datetime | None
    ends: datetime
    field_name: str | None = None
    group_keys: tuple[str, ...] = ()
    only: tuple[Condition, ...] = ()
    none_of: tuple[tuple[Condition, ...], ...] = ()
    in_group: tuple[tuple[str, str | None], ...] = ()
    up_to: EventMark | None = None


@dataclass(frozen=True)
class Question:
    """One figure of one set of events, for each of its groups."""

    read: Read
    events: EventSet


@dataclass(frozen=True)
class Group:
    """The figure of one group; `keys` are the texts of the group keys, in their order, None where there is none.

    `figures`: what else there is to know of it; each `Read` says what that is, and in which order.
    """

    keys: tuple[str | None, ...]
    value: Decimal
    events_count: int
    figures: tuple[Decimal, ...] = ()
