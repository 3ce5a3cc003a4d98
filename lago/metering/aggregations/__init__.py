"""How events become units: one module for each type of aggregation, and the tables of them."""

from typing import Protocol

from lago.metering.aggregations import (
    count,
    latest,
    max,
    prorated_sum,
    prorated_unique_count,
    sum,
    unique_count,
    weighted_sum,
)
from lago.metering.aggregations.measurement import Measurement, Opening, UsageWindow
from lago.metering.store import Group, Question
from lago.pricing.values import Usage

__all__ = ["AGGREGATIONS", "PRORATED", "Aggregation", "Measurement", "Opening", "UsageWindow", "aggregation_of"]


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
    "latest_agg": latest,
    "unique_count_agg": unique_count,
    "weighted_sum_agg": weighted_sum,
}

PRORATED: dict[str, Aggregation] = {
    "sum_agg": prorated_sum,
    "unique_count_agg": prorated_unique_count,
}


def aggregation_of(measurement: Measurement) -> Aggregation:
    """The module that measures it."""
    table = PRORATED if measurement.prorated else AGGREGATIONS
    return table[measurement.metric.aggregation_type]
