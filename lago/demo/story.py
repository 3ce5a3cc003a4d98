"""The story in order of time: days on which somebody does something, and between them what is used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lago.demo import company
from lago.demo.months import days_of, moment

MORNING = 9
USAGE_DAYS = (11, 21)
COLLECT_DAYS = (12, 25)


@dataclass(frozen=True, order=True)
class Step:
    """At that moment the deed of that name happens; of one moment, in order of `order`."""

    at: datetime
    order: int
    do: str = field(compare=False)
    arguments: dict[str, Any] = field(compare=False)


def steps(first: date, months: int = company.MONTHS) -> list[Step]:
    """All that happens in so many months after the first, and some days more."""
    end = moment(first, months, company.LAST_DAY, MORNING)
    return sorted(step for step in (*_joins(first), *_deeds(first), *_routine(first, months)) if step.at <= end)


def _joins(first: date) -> Iterator[Step]:
    for buyer in company.buyers():
        yield Step(moment(first, buyer.month, buyer.day, MORNING), 1, "join", {"customer": buyer.external_id})


def _deeds(first: date) -> Iterator[Step]:
    for row in company.story()["deeds"]:
        arguments = {name: value for name, value in row.items() if name not in ("month", "day", "do")}
        yield Step(moment(first, row["month"], row["day"], MORNING), 2, row["do"], arguments)


def _routine(first: date, months: int) -> Iterator[Step]:
    """Usage is reported through the month, and the last of it before the month is billed anywhere on Earth."""
    for month in range(months + 1):
        for day in COLLECT_DAYS:
            yield Step(moment(first, month, day, MORNING), 3, "collect", {})
        for day in (*USAGE_DAYS, days_of(first, month)):
            yield _report(first, month, day)
    yield _report(first, months, company.LAST_DAY)


def _report(first: date, month: int, day: int) -> Step:
    return Step(moment(first, month, day, MORNING), 0, "report_usage", {"until": moment(first, month, day)})
