"""What is measured: the events of one bucket of a charge in one window, and how the result is rounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from lago.catalog.models import BillableMetric
from lago.metering.store import Condition, DayShares, EventMark, EventSet, Keys
from lago.pricing.local_time import local_date
from lago.pricing.rounding import ratio_in_doubles, round_to
from lago.pricing.values import Needs

_ROUNDINGS = {"round": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


@dataclass(frozen=True)
class UsageWindow:
    """The charge window of a subscription from `starts` to `ends` (UTC, both included), and what prorating needs.

    `duration`: the days of the whole period (D), however much of it the window covers. `days`: those of the window
    by the clock of `zone`, without the day of an upgrade (01 §0, daysU).
    """

    starts: datetime
    ends: datetime
    duration: int
    days: int
    zone: ZoneInfo

    @property
    def floor(self) -> datetime:
        """Where the events of the window begin: at the beginning of its first millisecond (01 §3.1)."""
        return self.starts.replace(microsecond=self.starts.microsecond // 1000 * 1000)

    @property
    def shares(self) -> DayShares:
        """How units are weighed by days; those from before the window by a ratio of doubles, all its digits kept
        (01 §3.8)."""
        first_day, last_day = local_date(self.starts, self.zone), local_date(self.ends, self.zone)
        opening_share = ratio_in_doubles(self.days, self.duration)
        return DayShares(self.floor, self.starts, first_day, last_day, self.zone.key, self.duration, opening_share)


@dataclass(frozen=True)
class Opening:
    """The levels with which a weighted sum begins (01 §3.6): those of `levels`, by the keys of their groups.

    `from_history`: there are none, and what the events before the window add up to takes their place.
    """

    levels: Mapping[Keys, Decimal] = field(default_factory=dict)
    from_history: bool = False


@dataclass(frozen=True)
class Measurement:
    """A metric over a window, split by the group keys.

    `only`, `none_of`, `in_group` and `up_to` are those of an `EventSet`. `prorated`: units count by the days for which
    they are there (01 §3.8). `current`: for current usage, else for an invoice. `rounds`: as the metric does, else not
    at all. `presentation_keys`: what splits the units once more, for display.
    """

    metric: BillableMetric
    window: UsageWindow
    group_keys: tuple[str, ...] = ()
    only: tuple[Condition, ...] = ()
    none_of: tuple[tuple[Condition, ...], ...] = ()
    in_group: tuple[tuple[str, str | None], ...] = ()
    up_to: EventMark | None = None
    prorated: bool = False
    current: bool = False
    rounds: bool = True
    needs: Needs = Needs()
    presentation_keys: tuple[str, ...] = ()
    opening: Opening = Opening()

    def events(self, *, whole_history: bool = False) -> EventSet:
        """The events of the window, or all up to its end."""
        return EventSet(
            self.metric.code, None if whole_history else self.window.floor, self.window.ends,
            self.metric.field_name, self.group_keys, self.only, self.none_of, self.in_group, self.up_to,
        )

    def events_until(self, ends: datetime) -> EventSet:
        """All events up to then."""
        return replace(self.events(whole_history=True), ends=ends)

    def rounded(self, units: Decimal) -> Decimal:
        """The units as the metric rounds them, which is once for each bucket and group (01 §2.6)."""
        return rounded_units(self.metric, units) if self.rounds else units

    def shown(self, units: Decimal) -> Decimal:
        """Prorated units: of current usage never below 0, on an invoice as they are (01 §3.8)."""
        return self.rounded(max(units, Decimal(0)) if self.current else units)


def rounded_units(metric: BillableMetric, units: Decimal) -> Decimal:
    """The units as the metric rounds them (01 §2.6)."""
    if not metric.rounding_function:
        return units
    return round_to(units, metric.rounding_precision or 0, _ROUNDINGS[metric.rounding_function])
