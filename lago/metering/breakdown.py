"""Units split once more by keys that are there for display alone: they never affect a price (01 §3.11)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from lago.metering.aggregations import AGGREGATIONS, Measurement, Opening
from lago.metering.groups import in_order, named
from lago.metering.store import Group, Keys, Question, Read
from lago.metering.usage_totals import Breakdown
from lago.pricing.values import Needs


def breakdown_question(measurement: Measurement) -> Question:
    """Units that are neither prorated nor rounded; of a prorated sum only those of the window."""
    split = _split(measurement)
    if measurement.prorated and measurement.metric.aggregation_type == "sum_agg":
        return Question(Read.SUM, split.events())
    return AGGREGATIONS[measurement.metric.aggregation_type].question(split)


def breakdowns_of(measurement: Measurement, groups: Iterable[Group]) -> dict[Keys, tuple[Breakdown, ...]]:
    """The rows of each group of the measurement, by its keys, from the answer to that question."""
    split, length = _split(measurement), len(measurement.group_keys)
    module = AGGREGATIONS[measurement.metric.aggregation_type]
    rows: dict[Keys, tuple[Breakdown, ...]] = defaultdict(tuple)
    for group in in_order(groups):
        texts = named(measurement.presentation_keys, group.keys[length:])
        rows[group.keys[:length]] += (Breakdown(texts, module.usage(split, group).units),)
    return rows


def _split(measurement: Measurement) -> Measurement:
    """No level is known by these keys from before the window."""
    keys = (*measurement.group_keys, *measurement.presentation_keys)
    plain = replace(measurement, prorated=False, rounds=False, needs=Needs(), opening=Opening())
    return replace(plain, group_keys=keys, presentation_keys=())
