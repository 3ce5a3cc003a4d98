"""Unique count: values added and not removed; a recurring metric keeps those of earlier periods (01 §3.6, §3.7)."""

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Question, Read
from lago.pricing.values import Usage


def question(measurement: Measurement) -> Question:
    return Question(Read.DISTINCT, measurement.events(whole_history=measurement.metric.recurring))


def usage(measurement: Measurement, group: Group) -> Usage:
    """The number of events is that of the values, by the rule."""
    return Usage(measurement.rounded(group.value), events_count=int(group.value))
