"""Events in PostgreSQL: each question is one SELECT, and they travel together."""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import text

from lago.core.db import db
from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import EventSet, Group, Question, Read

# Of texts longer than this none is a number: PostgreSQL could not hold the longest ones.
_MOST_DIGITS = 500

_NO_FIGURES = "NULL::numeric[]"


class PostgresStore:
    """The table `events`, read through its index on subscription, code and timestamp."""

    def answer(
        self, organization_id: uuid.UUID, external_subscription_id: str, questions: Sequence[Question]
    ) -> list[list[Group]]:
        answers: list[list[Group]] = [[] for _ in questions]
        if not questions:
            return answers
        parameters = Parameters({
            "organization_id": organization_id, "external_subscription_id": external_subscription_id,
        })
        selects = [f"(SELECT {n}, * FROM ({_select(one, parameters)}) q{n})" for n, one in enumerate(questions)]
        rows = db.session.execute(text(" UNION ALL ".join(selects)), parameters.values)
        for n, keys, value, count, figures in rows:
            answers[n].append(Group(tuple(keys), value, count, tuple(figures or ())))
        return answers


def _select(question: Question, parameters: Parameters) -> str:
    """A SELECT of the columns groups (texts), value, count of events, figures: one row for each group."""
    return _SELECTS[question.read](question, parameters)


def _groups(events: EventSet, parameters: Parameters) -> str:
    texts = ", ".join(f"properties ->> {parameters.add(key)}" for key in events.group_keys)
    return f"ARRAY[{texts}]::text[]"


def _value(events: EventSet, parameters: Parameters) -> str:
    return f"(properties ->> {parameters.add(events.field_name)})"


def is_number(value: str) -> str:
    """Whether a text of a property counts as a number, in SQL (01 §3.1)."""
    return rf"{value} ~ '^-?[0-9]+(\.[0-9]+)?$' AND length({value}) <= {_MOST_DIGITS}"


def _count(question: Question, parameters: Parameters) -> str:
    events = question.events
    return f"""SELECT {_groups(events, parameters)}, count(*)::numeric, count(*), {_NO_FIGURES}
        FROM events {matching(events, parameters)} GROUP BY 1"""


def _of_numbers(function: str) -> Callable[[Question, Parameters], str]:
    """A SELECT of an aggregate of the property, over the events where it is a number."""

    def select(question: Question, parameters: Parameters) -> str:
        events = question.events
        value = _value(events, parameters)
        return f"""SELECT {_groups(events, parameters)}, {function}({value}::numeric), count(*), {_NO_FIGURES}
            FROM events {matching(events, parameters)} AND {is_number(value)} GROUP BY 1"""

    return select


def _distinct(question: Question, parameters: Parameters) -> str:
    """A value is added or removed by each event whose operation differs from the one before; at first it counts as
    removed."""
    events = question.events
    groups, value = _groups(events, parameters), _value(events, parameters)
    operation = "coalesce(properties ->> 'operation_type', 'add')"
    return f"""SELECT groups, sum(change)::numeric, count(*), {_NO_FIGURES} FROM (
        SELECT {groups} AS groups, CASE {operation}
            WHEN lag({operation}, 1, 'remove') OVER (
                PARTITION BY {groups}, {value} ORDER BY timestamp, created_at, seq
            ) THEN 0 WHEN 'add' THEN 1 ELSE -1 END AS change
        FROM events {matching(events, parameters)}) AS changes GROUP BY 1"""


_SELECTS: dict[Read, Callable[[Question, Parameters], str]] = {
    Read.COUNT: _count,
    Read.SUM: _of_numbers("sum"),
    Read.MAX: _of_numbers("max"),
    Read.DISTINCT: _distinct,
}
