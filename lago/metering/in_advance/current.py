"""Current usage of what is paid in advance: what the period began with, and what was billed since (01 §3.9)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lago.metering.aggregations.measurement import rounded_units
from lago.metering.buckets import Bucket
from lago.metering.in_advance.states import Place, States, place_in, spot_of
from lago.metering.measure import Measured
from lago.pricing.in_advance_units import current_units
from lago.pricing.rounding import ratio_in_doubles16
from lago.pricing.values import Usage

MeasuredBucket = tuple[Bucket, Measured]


@dataclass(frozen=True)
class CurrentUnits:
    """The units that are priced, those that are shown, and the number of events."""

    priced: Decimal
    shown: Decimal
    events_count: int

    def of(self, usage: Usage) -> Usage:
        """The usage as it is priced."""
        return replace(usage, units=self.priced, full_units=None, events_count=self.events_count)


def units_paid_in_advance(
    organization_id: uuid.UUID, external_subscription_id: str, measured: Sequence[MeasuredBucket]
) -> list[CurrentUnits | None]:
    """For each bucket and group its units, if its charge is paid in advance. They were measured without rounding.

    One query at most.
    """
    places = [_place(*one) if _keeps_state(one[0]) else None for one in measured]
    states = States(organization_id, external_subscription_id, [place for place in places if place])
    return [
        _units(measured_group, place, states) if bucket.charge.pay_in_advance else None
        for (bucket, measured_group), place in zip(measured, places, strict=True)
    ]


def _keeps_state(bucket: Bucket) -> bool:
    charge = bucket.charge
    return charge.pay_in_advance and charge.billable_metric.aggregation_type != "count_agg"


def _place(bucket: Bucket, measured: Measured) -> Place:
    return place_in(measured.measurement.window, spot_of(bucket, measured.grouped_by))


def _units(measured: Measured, place: Place | None, states: States) -> CurrentUnits:
    """Of prorated unique counts the number of events is that of the units that are priced, cut (01 §3.8)."""
    measurement, usage = measured.measurement, measured.usage
    window, kind = measurement.window, measurement.metric.aggregation_type
    ratio = ratio_in_doubles16(window.days, window.duration) if measurement.prorated else None
    state = states.newest(place) if place else None
    found = current_units(kind, usage.shown_units, state, ratio, usage.units)
    priced, shown = (rounded_units(measurement.metric, units) for units in found)
    counts_units = measurement.prorated and kind == "unique_count_agg"
    return CurrentUnits(priced, shown, int(priced) if counts_units else usage.events_count)
