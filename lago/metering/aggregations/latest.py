"""Latest: the last number in the window, and 0 instead of a negative one (01 §3.6)."""

from decimal import Decimal

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(Read.LATEST, measurement.events())


def usage(measurement: Measurement, group: Group) -> Usage:
    return Usage(measurement.rounded(max(group.value, Decimal(0))), group.events_count)
