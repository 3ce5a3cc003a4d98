"""Sum of the property where it is a number; a recurring metric sums the whole history (01 §3.6, §3.7)."""

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(Read.SUM, measurement.events(whole_history=measurement.metric.recurring))


def usage(measurement: Measurement, group: Group) -> Usage:
    return Usage(measurement.rounded(group.value), group.events_count)
