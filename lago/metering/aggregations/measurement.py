"""What is measured: the events of one metric in one window, and how the result is rounded."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from lago.catalog.models import BillableMetric
from lago.metering.store import EventSet
from lago.pricing.rounding import round_to

_ROUNDINGS = {"round": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


@dataclass(frozen=True)
class Measurement:
    """A metric over the charge window from `starts` to `ends` (UTC, both included), split by the group keys.

    `only`: properties that must have one of the given texts.
    """

    metric: BillableMetric
    starts: datetime
    ends: datetime
    group_keys: tuple[str, ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def events(self, *, whole_history: bool = False) -> EventSet:
        """The events of the window; its start counts from the beginning of its millisecond (01 §3.1)."""
        floor = self.starts.replace(microsecond=self.starts.microsecond // 1000 * 1000)
        return EventSet(
            self.metric.code, None if whole_history else floor, self.ends,
            self.metric.field_name, self.group_keys, self.only,
        )

    def rounded(self, units: Decimal) -> Decimal:
        """The units as the metric rounds them, which is once for each bucket and group (01 §2.6)."""
        if not self.metric.rounding_function:
            return units
        return round_to(units, self.metric.rounding_precision or 0, _ROUNDINGS[self.metric.rounding_function])
