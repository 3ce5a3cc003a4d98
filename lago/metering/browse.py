"""What the list of events shows. It reads a bounded number of rows, however many there are."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import aliased

from lago.core.db import db
from lago.metering.models import Event

SHOWN = 50
LOOKED_AT = 1_000_000
LOOKED_AT_AGAIN = 10_000
"""How far back a repeated look goes: far more than what is inserted but not yet committed at one time."""

LOOKED_AT_OF_A_TIME = 200_000


@dataclass(frozen=True)
class EventFilter:
    """None: not filtered by it. Texts are compared whole. `since`, `until`: when the usage happened, both included."""

    code: str | None = None
    subscription: str | None = None
    transaction: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def of_a_time(self) -> bool:
        return bool(self.since or self.until)


def newest_events(
    organization_id: uuid.UUID, chosen: EventFilter, among: int = LOOKED_AT, before: int | None = None
) -> Sequence[Event]:
    """The newest events that match, among the last `among` that were stored (before the one numbered `before`).

    All of a transaction are found, however old. Of a time span: the latest by their own time, among the last 200,000.
    """
    if chosen.of_a_time:
        return db.session.scalars(_of_a_time(organization_id, chosen, before)).all()
    query = select(Event).where(_mine(organization_id), *_matches(chosen))
    if before is not None:
        query = query.where(Event.seq < before)
    if not chosen.transaction:
        query = query.where(Event.seq > (before or _last(organization_id)) - among)
    return db.session.scalars(query.order_by(Event.seq.desc()).limit(SHOWN)).all()


def arrived_since(organization_id: uuid.UUID, chosen: EventFilter, shown: set[int]) -> Sequence[Event]:
    """The newest matching events but those whose `seq` is in `shown`.

    Not "those after the last one": numbers are given before the commit, so an earlier one may become visible later.
    """
    oldest = min(shown) if len(shown) >= SHOWN else 0
    newest = newest_events(organization_id, chosen, LOOKED_AT_AGAIN)
    return [event for event in newest if event.seq not in shown and event.seq > oldest]


def find_event(organization_id: uuid.UUID, seq: int) -> Event | None:
    """The event with this number of insertion."""
    return db.session.get(Event, (organization_id, seq))


def _mine(organization_id: uuid.UUID) -> ColumnElement[bool]:
    return Event.organization_id == organization_id


def _last(organization_id: uuid.UUID) -> int:
    """The number of the event that was stored last."""
    return db.session.scalar(select(Event.seq).where(_mine(organization_id)).order_by(Event.seq.desc()).limit(1)) or 0


def _matches(chosen: EventFilter, event: type[Event] = Event) -> list[ColumnElement[bool]]:
    conditions = (
        (event.code, chosen.code),
        (event.external_subscription_id, chosen.subscription),
        (event.transaction_id, chosen.transaction),
    )
    return [column == text for column, text in conditions if text]


def _of_a_time(organization_id: uuid.UUID, chosen: EventFilter, before: int | None) -> Select[Event]:
    """A transaction, or code and subscription together, are found by an index; any other filter is held against the
    latest events of the time."""
    query = select(Event).where(_mine(organization_id), *_within(organization_id, chosen, before))
    query = query.order_by(Event.timestamp.desc(), Event.seq.desc())
    if chosen.transaction or (chosen.subscription and chosen.code):
        return query.where(*_matches(chosen)).limit(SHOWN)
    latest = aliased(Event, query.limit(LOOKED_AT_OF_A_TIME).subquery())
    matching = select(latest).where(*_matches(chosen, latest))
    return matching.order_by(latest.timestamp.desc(), latest.seq.desc()).limit(SHOWN)


def _within(organization_id: uuid.UUID, chosen: EventFilter, before: int | None) -> Iterator[ColumnElement[bool]]:
    if chosen.since:
        yield Event.timestamp >= chosen.since
    if chosen.until:
        yield Event.timestamp <= chosen.until
    if before is not None:
        mark = aliased(Event)
        place = select(mark.timestamp, mark.seq).where(mark.organization_id == organization_id, mark.seq == before)
        yield tuple_(Event.timestamp, Event.seq) < place.scalar_subquery()
