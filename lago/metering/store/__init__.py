"""The event store: what aggregations ask of the events, whichever engine keeps them."""

import uuid
from collections.abc import Sequence
from typing import Protocol

from lago.metering.store.operations import Operation, Operations
from lago.metering.store.postgres import PostgresStore
from lago.metering.store.questions import (
    Condition,
    DayShares,
    EventMark,
    EventSet,
    Group,
    Keys,
    LevelTime,
    Portion,
    Question,
    Read,
)

__all__ = [
    "Condition", "DayShares", "EventMark", "EventSet", "EventStore", "Group", "Keys", "LevelTime", "Operation",
    "Operations", "Portion", "Question", "Read", "event_store",
]


class EventStore(Protocol):
    """An engine."""

    def answer(
        self, organization_id: uuid.UUID, external_subscription_id: str, questions: Sequence[Question]
    ) -> list[list[Group]]:
        """For each question its groups that have events, in no order, all in one round trip."""

    def operations(
        self, organization_id: uuid.UUID, external_subscription_id: str, asked: Sequence[Operations]
    ) -> list[list[Operation]]:
        """For each of those asked the events that say what became of its values, in no order."""


def event_store() -> EventStore:
    """The engine of this installation."""
    return PostgresStore()
