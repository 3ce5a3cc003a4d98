"""What the live view shows of events. It reads a bounded number of rows, however many there are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lago.core.db import db
from lago.metering.models import Event

SHOWN = 50
LOOKED_AT = 1_000_000
LOOKED_AT_AGAIN = 10_000
"""How far back a repeated look goes: far more than what is inserted but not yet committed at one time."""


@dataclass(frozen=True)
class EventFilter:
    """None: not filtered by it. Both are compared whole."""

    code: str | None = None
    subscription: str | None = None


def newest_events(organization_id: uuid.UUID, chosen: EventFilter, among: int = LOOKED_AT) -> Sequence[Event]:
    """The newest events that match, among the last `among` that were stored."""
    mine = Event.organization_id == organization_id
    last = db.session.scalar(select(Event.seq).where(mine).order_by(Event.seq.desc()).limit(1))
    query = select(Event).where(mine, Event.seq > (last or 0) - among)
    if chosen.code:
        query = query.where(Event.code == chosen.code)
    if chosen.subscription:
        query = query.where(Event.external_subscription_id == chosen.subscription)
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
