"""Events in PostgreSQL day by day: a question is one SELECT, and they travel together."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import text

from lago.core.db import db
from lago.metering.store.columns import BY_TIME, numbers, partition, rows, text_of
from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import EventSet


class DayFigure(StrEnum):
    """COUNT of the day's events; SUM, MAX and LATEST of the property where it is a number; CHANGE: distinct values
    that the day added, less those that it removed (01 §3.6)."""

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    LATEST = "latest"
    CHANGE = "change"


@dataclass(frozen=True)
class DailyQuestion:
    """One figure of one set of events for each local day from `since` on; earlier events only say what CHANGE finds."""

    figure: DayFigure
    events: EventSet
    since: datetime


@dataclass(frozen=True)
class DayOfEvents:
    """The figure of one local day, and how many events it is made of."""

    day: date
    value: Decimal
    events_count: int


def by_day(
    organization_id: uuid.UUID, external_subscription_id: str, zone: ZoneInfo, questions: Sequence[DailyQuestion]
) -> list[list[DayOfEvents]]:
    """For each question its days of `zone` that have events, in no order, all in one round trip."""
    answers: list[list[DayOfEvents]] = [[] for _ in questions]
    if not questions:
        return answers
    parameters = Parameters({
        "organization_id": organization_id, "external_subscription_id": external_subscription_id, "zone": zone.key,
    })
    selects = [f"(SELECT {n}, * FROM ({_select(one, parameters)}) q{n})" for n, one in enumerate(questions)]
    for n, *row in db.session.execute(text(" UNION ALL ".join(selects)), parameters.values):
        answers[n].append(DayOfEvents(*row))
    return answers


_DAY = "(timestamp AT TIME ZONE :zone)::date"


def _select(question: DailyQuestion, parameters: Parameters) -> str:
    """A SELECT of the columns day, value, count of events: one row for each day."""
    return _SELECTS[question.figure](question, parameters)


def _count(question: DailyQuestion, parameters: Parameters) -> str:
    return f"SELECT {_DAY}, count(*)::numeric, count(*) FROM events {matching(question.events, parameters)} GROUP BY 1"


def _of_numbers(function: str) -> Callable[[DailyQuestion, Parameters], str]:
    def select(question: DailyQuestion, parameters: Parameters) -> str:
        found = numbers(question.events, parameters, f"{_DAY} AS day")
        return f"SELECT day, {function}(number), count(*) FROM ({found}) AS numbers GROUP BY 1"

    return select


def _latest(question: DailyQuestion, parameters: Parameters) -> str:
    found = numbers(question.events, parameters, f"{_DAY} AS day", BY_TIME)
    return f"""SELECT DISTINCT ON (day) day, number, count(*) OVER (PARTITION BY day) FROM ({found}) AS numbers
        ORDER BY day, timestamp DESC, created_at DESC, seq DESC"""


def _change(question: DailyQuestion, parameters: Parameters) -> str:
    """An event counts where its operation differs from the one before of its value and group."""
    events = question.events
    value = f"{text_of(events, parameters)} AS value"
    operation = "coalesce(properties ->> 'operation_type', 'add') AS operation"
    found = rows(events, parameters, value, operation, BY_TIME)
    return f"""SELECT {_DAY}, sum(change)::numeric, count(*) FROM (
        SELECT timestamp, CASE operation
            WHEN lag(operation, 1, 'remove') OVER ({partition(events, 'value')} ORDER BY {BY_TIME})
            THEN 0 WHEN 'add' THEN 1 ELSE -1 END AS change
        FROM ({found}) AS operations) AS changes
        WHERE timestamp >= {parameters.add(question.since)} GROUP BY 1"""


_SELECTS: dict[DayFigure, Callable[[DailyQuestion, Parameters], str]] = {
    DayFigure.COUNT: _count,
    DayFigure.SUM: _of_numbers("sum"),
    DayFigure.MAX: _of_numbers("max"),
    DayFigure.LATEST: _latest,
    DayFigure.CHANGE: _change,
}
