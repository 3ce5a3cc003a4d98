"""Measured usage: what the events of some measurements come to, in one round trip to the event store."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lago.metering.aggregations import Measurement, aggregation_of
from lago.metering.aggregations.lists import list_questions, listed
from lago.metering.breakdown import breakdown_question, breakdowns_of
from lago.metering.groups import in_order, named
from lago.metering.store import Group, Question, event_store
from lago.metering.usage_totals import Breakdown
from lago.pricing.values import Usage

UNITS, BREAKDOWN = "units", "breakdown"


@dataclass(frozen=True)
class Measured:
    """The usage of one group of a measurement. `group`: the answer of the event store, its keys as they are."""

    measurement: Measurement
    group: Group
    usage: Usage
    breakdowns: tuple[Breakdown, ...] = ()

    @property
    def grouped_by(self) -> dict[str, str | None]:
        """The texts of the group keys; blank ones are None (01 §3.4)."""
        return named(self.measurement.group_keys, self.group.keys)


def measure(
    organization_id: uuid.UUID, external_subscription_id: str, measurements: Sequence[Measurement]
) -> list[list[Measured]]:
    """For each measurement its groups, by their keys; one with zeros and null keys if it has none."""
    asked = [_questions(one) for one in measurements]
    questions = [question for one in asked for question in one.values()]
    answers = iter(event_store().answer(organization_id, external_subscription_id, questions))
    return [
        _measured(measurement, {name: next(answers) for name in names})
        for measurement, names in zip(measurements, asked, strict=True)
    ]


def _questions(measurement: Measurement) -> dict[str, Question]:
    questions = {UNITS: aggregation_of(measurement).question(measurement), **list_questions(measurement)}
    if measurement.presentation_keys:
        questions[BREAKDOWN] = breakdown_question(measurement)
    return questions


def _measured(measurement: Measurement, answers: Mapping[str, list[Group]]) -> list[Measured]:
    lists = {name: {group.keys: group for group in groups} for name, groups in answers.items()}
    rows = breakdowns_of(measurement, answers.get(BREAKDOWN, ()))
    return [
        Measured(
            measurement, group,
            _usage(measurement, group, {name: groups.get(group.keys) for name, groups in lists.items()}),
            rows.get(group.keys, ()),
        )
        for group in in_order(answers[UNITS]) or [_without_events(measurement)]
    ]


def _usage(measurement: Measurement, group: Group, lists: Mapping[str, Group | None]) -> Usage:
    usage = aggregation_of(measurement).usage(measurement, group)
    return replace(usage, **listed(measurement, group, lists))


def _without_events(measurement: Measurement) -> Group:
    return Group((None,) * len(measurement.group_keys), Decimal(0), 0)
