"""The kinds of billable metrics, in one table (01 §2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lago.core.fields import INVALID, MANDATORY


@dataclass(frozen=True)
class AggregationType:
    """`needs_field`: it reads a property of the events. `may_recur`: units may live on into the next period.
    `needs_interval`: it weighs units by how long they last, and its metrics say so."""

    needs_field: bool = True
    may_recur: bool = False
    needs_interval: bool = False


AGGREGATION_TYPES = {
    "count_agg": AggregationType(needs_field=False),
    "sum_agg": AggregationType(may_recur=True),
    "max_agg": AggregationType(),
    "unique_count_agg": AggregationType(may_recur=True),
    "weighted_sum_agg": AggregationType(may_recur=True, needs_interval=True),
    "latest_agg": AggregationType(),
}

NOT_BUILT = "custom_agg"
"""Refused as a type, and for nothing else: it would read no property of its own (01 §2.1)."""

INTERVALS = ("seconds",)
"""What a weighted sum may be weighed by; there is no default (01 §2.1)."""


def problems(metric: Mapping[str, Any]) -> dict[str, list[str]]:
    """The error codes of a metric's values that do not fit its aggregation type; of an unknown type, all fit."""
    kind = AGGREGATION_TYPES.get(metric.get("aggregation_type", ""), AggregationType(may_recur=True))
    found = {}
    if kind.needs_field and not metric.get("field_name"):
        found["field_name"] = [MANDATORY]
    if metric.get("recurring") and not kind.may_recur:
        found["recurring"] = ["not_compatible_with_aggregation_type"]
    interval = metric.get("weighted_interval")
    if interval not in INTERVALS and (kind.needs_interval or interval is not None):
        found["weighted_interval"] = [INVALID]
    return found
