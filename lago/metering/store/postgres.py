"""Events in PostgreSQL: each question is one SELECT, and they travel together."""

import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import text

from lago.core.db import db
from lago.metering.store import distinct, level, one_by_one, prorated, totals
from lago.metering.store.conditions import Parameters
from lago.metering.store.operations import Operation, Operations, operations
from lago.metering.store.questions import Group, Question, Read


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

    def operations(
        self, organization_id: uuid.UUID, external_subscription_id: str, asked: Sequence[Operations]
    ) -> list[list[Operation]]:
        found: list[list[Operation]] = [[] for _ in asked]
        if asked:
            parameters = Parameters({
                "organization_id": organization_id, "external_subscription_id": external_subscription_id,
            })
            statement = text(operations(asked, parameters))
            for place, value, *rest in db.session.execute(statement, parameters.values):
                found[place].append(Operation(value, *rest))
        return found


def _select(question: Question, parameters: Parameters) -> str:
    """A SELECT of the columns groups (texts), value, count of events, figures: one row for each group."""
    return _SELECTS[question.read](question, parameters)


_SELECTS: dict[Read, Callable[[Question, Parameters], str]] = {
    Read.COUNT: totals.count,
    Read.PRESENT: totals.present,
    Read.SUM: totals.total,
    Read.MAX: totals.greatest,
    Read.LATEST: totals.latest,
    Read.NUMBERS: one_by_one.in_order,
    Read.DISTINCT: distinct.distinct,
    Read.LEVEL: level.weighed_level,
    Read.PRORATED_SUM: prorated.prorated_sum,
    Read.PRORATED_NUMBERS: prorated.prorated_numbers,
    Read.PRORATED_DISTINCT: distinct.prorated_distinct,
    Read.PRORATED_CHANGES: distinct.prorated_changes,
}
