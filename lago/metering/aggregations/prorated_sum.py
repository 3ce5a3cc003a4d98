"""Sum of numbers each of which counts by the days of the period for which it is there (01 §3.8)."""

from decimal import Decimal

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.rounding import ceil5
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(
        Read.PRORATED_SUM, measurement.events(whole_history=True), shares=measurement.window.shares
    )


def usage(measurement: Measurement, group: Group) -> Usage:
    full_units = group.figures[0] if group.figures else Decimal(0)
    units = measurement.shown(ceil5(group.value))
    return Usage(units, group.events_count, full_units=measurement.shown(full_units))
