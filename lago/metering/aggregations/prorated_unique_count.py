"""Unique count in which each value counts by the days of the period for which it is there (01 §3.8)."""

from decimal import Decimal

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.rounding import ceil5
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(
        Read.PRORATED_DISTINCT, measurement.events(whole_history=True), shares=measurement.window.shares
    )


def usage(measurement: Measurement, group: Group) -> Usage:
    """The number of events is that of the prorated units, cut, by the rule."""
    full_units = group.figures[0] if group.figures else Decimal(0)
    prorated = ceil5(group.value)
    events_count = max(int(prorated), 0) if measurement.current else int(prorated)
    return Usage(measurement.shown(prorated), events_count, full_units=measurement.shown(full_units))
