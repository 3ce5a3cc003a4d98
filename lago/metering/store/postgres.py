"""Events in PostgreSQL: each question is one SELECT, and they travel together."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from lago.core.db import db
from lago.metering.store.questions import EventSet, Group, Question, Read

# Of texts longer than this none is a number: PostgreSQL could not hold the longest ones.
_MOST_DIGITS = 500

_VALUE = "(properties ->> :field_{n})"
_IS_NUMBER = rf"AND {_VALUE} ~ '^-?[0-9]+(\.[0-9]+)?$' AND length({_VALUE}) <= {_MOST_DIGITS}"

_MATCHING = """
    FROM events
    WHERE organization_id = :organization_id AND external_subscription_id = :external_subscription_id
        AND code = :code_{n} AND timestamp <= :ends_{n}"""

# A value is added or removed by each event whose operation differs from the one before; at first it counts as removed.
_CHANGE = f"""CASE coalesce(properties ->> 'operation_type', 'add')
        WHEN lag(coalesce(properties ->> 'operation_type', 'add'), 1, 'remove') OVER (
            PARTITION BY {{groups}}, {_VALUE} ORDER BY timestamp, created_at, seq
        ) THEN 0 WHEN 'add' THEN 1 ELSE -1 END"""

_SELECTS = {
    Read.COUNT: f"SELECT {{n}}, {{groups}}, count(*)::numeric, count(*) {_MATCHING} {{more}}",
    Read.SUM: f"SELECT {{n}}, {{groups}}, sum({_VALUE}::numeric), count(*) {_MATCHING} {{more}} {_IS_NUMBER}",
    Read.MAX: f"SELECT {{n}}, {{groups}}, max({_VALUE}::numeric), count(*) {_MATCHING} {{more}} {_IS_NUMBER}",
    Read.DISTINCT: f"""SELECT {{n}}, groups, sum(change)::numeric, count(*) FROM (
        SELECT {{groups}} AS groups, {_CHANGE} AS change {_MATCHING} {{more}}) AS changes""",
}


class PostgresStore:
    """The table `events`, read through its index on subscription, code and timestamp."""

    def answer(
        self, organization_id: uuid.UUID, external_subscription_id: str, questions: Sequence[Question]
    ) -> list[list[Group]]:
        answers: list[list[Group]] = [[] for _ in questions]
        if not questions:
            return answers
        parameters = {"organization_id": organization_id, "external_subscription_id": external_subscription_id}
        selects = []
        for n, question in enumerate(questions):
            selects.append(_select(n, question))
            parameters |= _parameters(n, question.events)
        for n, keys, value, count in db.session.execute(text(" UNION ALL ".join(selects)), parameters):
            answers[n].append(Group(tuple(keys), value, count))
        return answers


def _select(n: int, question: Question) -> str:
    events = question.events
    groups = ", ".join(f"properties ->> :key_{n}_{i}" for i in range(len(events.group_keys)))
    more = [f"AND properties ->> :only_{n}_{i} = ANY(:values_{n}_{i})" for i in range(len(events.only))]
    if events.starts:
        more.append(f"AND timestamp >= :starts_{n}")
    select = _SELECTS[question.read].format(n=n, groups=f"ARRAY[{groups}]::text[]", more=" ".join(more))
    return f"({select} GROUP BY 2)"


def _parameters(n: int, events: EventSet) -> dict[str, Any]:
    values: dict[str, Any] = {f"code_{n}": events.code, f"ends_{n}": events.ends, f"field_{n}": events.field_name}
    values[f"starts_{n}"] = events.starts
    values |= {f"key_{n}_{i}": key for i, key in enumerate(events.group_keys)}
    for i, (key, texts) in enumerate(events.only):
        values |= {f"only_{n}_{i}": key, f"values_{n}_{i}": list(texts)}
    return values
