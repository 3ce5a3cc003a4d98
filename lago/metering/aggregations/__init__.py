"""How events become units: one module for each type of aggregation, and the one table of them."""

from typing import Protocol

from lago.metering.aggregations import count, max, sum, unique_count
from lago.metering.aggregations.measurement import Measurement, UsageWindow
from lago.metering.store import Group, Question
from lago.pricing.values import Usage

__all__ = ["AGGREGATIONS", "Aggregation", "Measurement", "UsageWindow"]


class Aggregation(Protocol):
    """What a module of this package must have."""

    def question(self, measurement: Measurement) -> Question:
        """What to ask of the event store."""

    def usage(self, measurement: Measurement, group: Group) -> Usage:
        """What the charge model prices, for one group of the answer; a group without events has the value 0."""


AGGREGATIONS: dict[str, Aggregation] = {
    "count_agg": count,
    "sum_agg": sum,
    "max_agg": max,
    "unique_count_agg": unique_count,
}
