"""Which events of a charge are priced together: those of each of its filters, and the rest (01 §3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lago.catalog.models import ALL_FILTER_VALUES, Charge, ChargeFilter
from lago.metering.property_text import property_text
from lago.metering.store import Condition

Conditions = tuple[Condition, ...]


@dataclass(frozen=True)
class Bucket:
    """The events of a charge that meet all of `only` and no whole set of `none_of`, priced by `properties`.

    `charge_filter` is None for the default bucket, and where the charge has no filters.
    """

    charge: Charge
    charge_filter: ChargeFilter | None
    properties: Mapping[str, Any]
    only: Conditions = ()
    none_of: tuple[Conditions, ...] = ()

    def has(self, properties: Mapping[str, Any]) -> bool:
        """Whether an event with these properties is among the events of the bucket."""
        return self.meets_filter(properties) and not any(_meets(properties, taken) for taken in self.none_of)

    def meets_filter(self, properties: Mapping[str, Any]) -> bool:
        """Whether it matches the filter, if only to be counted by another one."""
        return _meets(properties, self.only)


def buckets_of(charge: Charge) -> list[Bucket]:
    """The buckets over a window: the filters in their order, then the default one (01 §3.3 A).

    An event that meets filters of which none refines another is in each of their buckets.
    """
    filters = list(charge.filters)
    conditions = {one.id: conditions_of(charge, one) for one in filters}
    return [*(_bucket(charge, one, conditions) for one in filters), _default(charge, conditions)]


def bucket_of_event(charge: Charge, properties: Mapping[str, Any]) -> Bucket:
    """The one bucket of a single event: of the filters that it meets the one with the most keys, the first of several
    (01 §3.3 B). As a set of events it is the bucket over a window, which need not hold the event itself."""
    buckets = buckets_of(charge)
    met = [bucket for bucket in buckets if bucket.charge_filter and _meets(properties, bucket.only)]
    return max(met, key=lambda bucket: len(bucket.only), default=buckets[-1])


def conditions_of(charge: Charge, charge_filter: ChargeFilter) -> Conditions:
    """What an event must have to match the filter; the entry for all values stands for those that the metric lists."""
    return tuple((key, _texts(charge, key, values)) for key, values in charge_filter.values.items())


def _texts(charge: Charge, key: str, values: list[str]) -> tuple[str, ...]:
    if values != [ALL_FILTER_VALUES]:
        return tuple(values)
    listed = (one.values for one in charge.billable_metric.filters if one.key == key)
    return tuple(next(listed, ()))


def _meets(properties: Mapping[str, Any], conditions: Conditions) -> bool:
    return all(property_text(properties.get(key)) in texts for key, texts in conditions)


def _default(charge: Charge, conditions: Mapping[Any, Conditions]) -> Bucket:
    return Bucket(charge, None, charge.properties, none_of=tuple(conditions.values()))


def _bucket(charge: Charge, charge_filter: ChargeFilter, conditions: Mapping[Any, Conditions]) -> Bucket:
    excluded = tuple(
        conditions[other.id] for other in charge.filters
        if other is not charge_filter and _takes_from(other, charge_filter, conditions)
    )
    return Bucket(charge, charge_filter, charge_filter.properties, conditions[charge_filter.id], excluded)


def _takes_from(other: ChargeFilter, charge_filter: ChargeFilter, conditions: Mapping[Any, Conditions]) -> bool:
    """Whether events that match `other` too are not counted by the filter: it is more specific, or an older twin."""
    mine = {key: set(texts) for key, texts in conditions[charge_filter.id]}
    theirs = {key: set(texts) for key, texts in conditions[other.id]}
    if not all(key in theirs and theirs[key] & texts for key, texts in mine.items()):
        return False
    if len(theirs) > len(mine):
        return True
    if mine == theirs:
        return (other.created_at, other.seq) < (charge_filter.created_at, charge_filter.seq)
    return all(theirs[key] <= texts for key, texts in mine.items())
