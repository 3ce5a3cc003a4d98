"""Count: the number of events, whatever their properties (01 §3.6)."""

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(Read.COUNT, measurement.events())


def usage(measurement: Measurement, group: Group) -> Usage:
    return Usage(measurement.rounded(group.value), group.events_count)
