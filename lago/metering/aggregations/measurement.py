"""What is measured: the events of one bucket of a charge in one window, and how the result is rounded."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from lago.catalog.models import BillableMetric
from lago.metering.store import Condition, EventMark, EventSet
from lago.pricing.rounding import round_to

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


@dataclass(frozen=True)
class Measurement:
    """A metric over a window, split by the group keys.

    `only`, `none_of`, `in_group` and `up_to` are those of an `EventSet`. `prorated`: units count by the days for which
    they are there (01 §3.8). `current`: for current usage, else for an invoice.
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

    def events(self, *, whole_history: bool = False) -> EventSet:
        """The events of the window, or all up to its end."""
        return EventSet(
            self.metric.code, None if whole_history else self.window.floor, self.window.ends,
            self.metric.field_name, self.group_keys, self.only, self.none_of, self.in_group, self.up_to,
        )

    def rounded(self, units: Decimal) -> Decimal:
        """The units as the metric rounds them, which is once for each bucket and group (01 §2.6)."""
        if not self.metric.rounding_function:
            return units
        return round_to(units, self.metric.rounding_precision or 0, _ROUNDINGS[self.metric.rounding_function])
