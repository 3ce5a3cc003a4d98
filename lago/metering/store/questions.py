"""What can be asked of the events of a subscription, and what comes back."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Condition = tuple[str, tuple[str, ...]]
"""A property, and the texts of which it must have one; a property that is missing or null has none."""

Keys = tuple[str | None, ...]
"""The texts of the group keys, in their order; None where an event has none."""


class Read(StrEnum):
    """What is asked. A number is a property whose text is one (01 §3.1); events come in order of time, see `EventMark`.

    COUNT: the events. PRESENT: those that have the property, if only as null.
    SUM of the numbers; figure: the sum of the amounts that these events name, in cents.
    MAX: the greatest number. LATEST: the last one.
    NUMBERS one by one: their sum, and each as a figure, as far as the `Portion` goes.
    DISTINCT: texts of the property that are added and not removed again (01 §3.6).
    LEVEL: the sum of the numbers weighted by the time for which it stood so, by `LevelTime` (01 §3.6). Figures: the
    level at the end; when the last event was, in seconds since 1970, if there was one.
    PRORATED_SUM: each number times the days for which it is there, by `DayShares` (01 §3.8), not rounded; an event
    that is counted by both of its parts is two. Figures: the sum of all; that of those before the window.
    PRORATED_NUMBERS: those of the window one by one. Figures: each number, then each number prorated.
    PRORATED_DISTINCT: the days for which each text is there, by `DayShares` (01 §3.8), not rounded. Figure: the answer
    to DISTINCT.
    PRORATED_CHANGES: its additions and removals one by one, by time, then text. Figures: each as 1 or -1, then each
    prorated.
    """

    COUNT = "count"
    PRESENT = "present"
    SUM = "sum"
    MAX = "max"
    LATEST = "latest"
    NUMBERS = "numbers"
    DISTINCT = "distinct"
    LEVEL = "level"
    PRORATED_SUM = "prorated_sum"
    PRORATED_NUMBERS = "prorated_numbers"
    PRORATED_DISTINCT = "prorated_distinct"
    PRORATED_CHANGES = "prorated_changes"


@dataclass(frozen=True)
class EventMark:
    """The place of an event in the order of time; of equal timestamps the one that was told first comes first.

    `as_told`: as things stood when it was told, that is, without the events that were told after it.
    """

    timestamp: datetime
    created_at: datetime
    seq: int
    as_told: bool = False


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
class Portion:
    """How many of the numbers of each group: the `first` ones; if that is 0, those up to and including the one by which
    their sum exceeds `until`; all if that is None."""

    first: int = 0
    until: Decimal | None = None


@dataclass(frozen=True)
class LevelTime:
    """The time over which a level is weighed: from `starts` to `ends`, as a share of `seconds`.

    Groups begin with the level in `opening`; or with the sum of the numbers of the events in `before`, if given.
    """

    starts: datetime
    ends: datetime
    seconds: int
    opening: tuple[tuple[Keys, Decimal], ...] = ()
    before: EventSet | None = None


@dataclass(frozen=True)
class DayShares:
    """How units are weighed by the local days of `zone` for which they are there, out of `duration` days.

    The window is from `starts` to `last_day`; its events begin at `floor`. Numbers before `starts` are weighed by
    `opening_share`.
    """

    floor: datetime
    starts: datetime
    first_day: date
    last_day: date
    zone: str
    duration: int
    opening_share: Decimal


@dataclass(frozen=True)
class Question:
    """One figure of one set of events, for each of its groups. The rest is what some kinds of `Read` need to know."""

    read: Read
    events: EventSet
    portion: Portion = Portion()
    levels: LevelTime | None = None
    shares: DayShares | None = None


@dataclass(frozen=True)
class Group:
    """The figure of one group, by the texts of its keys.

    `figures`: what else there is to know of it; each `Read` says what that is, and in which order.
    """

    keys: Keys
    value: Decimal
    events_count: int
    figures: tuple[Decimal, ...] = ()
