"""The sandbox clock (00 §3): moves the "now" of one organization, and does what falls due on the way."""

import math
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text, update

from lago.core import clock, due, jobs, outbox
from lago.core.db import db, transaction
from lago.core.errors import Forbidden, Invalid, LockTimeout
from lago.organizations.models import Organization

_WAIT_S = 60.0
_PAUSE_S = 0.02


class AdvanceFailed(Exception):
    """Work at `reached` failed; everything before it is done, and the advance can be called again."""

    def __init__(self, reached: datetime) -> None:
        super().__init__(f"the clock reached {reached.isoformat()}")
        self.reached = reached


def require_sandbox(organization: Organization) -> None:
    """Raises Forbidden unless the organization has a clock of its own."""
    if not organization.sandbox:
        raise Forbidden("sandbox_only")


def advance(organization_id: uuid.UUID, moment: datetime) -> None:
    """Drains the background work, moves the clock forward to `moment`, does all that falls due up to it, drains again.

    Opens transactions of its own, one for each due moment. Raises Invalid for a moment before the clock's own,
    LockTimeout when another advance does not end within a minute, AdvanceFailed if work on the way fails.
    """
    with _alone(organization_id):
        with transaction():
            organization = _read(organization_id)
            if organization.clock_now is not None and moment < organization.clock_now:
                raise Invalid({"now": ["value_is_in_the_past"]})
        if organization.clock_now != moment:
            drain(organization_id)  # what was asked for before the move happens before what falls due on the way
        _do_due_work(organization_id, moment)
        if organization.clock_now != moment:
            _set(organization_id, moment)
        _settle(organization_id, moment)


def release(organization_id: uuid.UUID) -> None:
    """Puts the organization back on real time. Raises Invalid if work would then be due in its clock's past: what is
    due up to the present must be done by an advance first, which tells how far it goes."""
    with _alone(organization_id):
        with transaction():
            stands_at, present = _read(organization_id).clock_now, clock.real_now()
            if stands_at and due.earliest(max(stands_at, present), organization_id=organization_id):
                raise Invalid({"now": ["work_is_due_in_the_past"]})
        _set(organization_id, None)


def is_advancing(organization_id: uuid.UUID) -> bool:
    """Whether an advance is at work. Asking holds nobody up: the lock is shared, and given back at once."""
    statement = text(
        "SELECT CASE WHEN pg_try_advisory_lock_shared(key) THEN pg_advisory_unlock_shared(key) ELSE false END"
        " FROM hashtextextended(:key, 0) AS key"
    )
    return not db.session.scalar(statement, _key(organization_id))


def drain(organization_id: uuid.UUID) -> None:
    """Does the organization's background work, and waits for what workers have taken of it.

    Webhooks come last and get a minute: workers send what receivers that don't answer leave undone by then.
    Raises LockTimeout if a worker holds on to other work for a minute.
    """
    if not _is_drained(organization_id):
        _finish(organization_id, jobs.INSIDE)
        _finish(organization_id, jobs.OUTSIDE, at_most_s=_WAIT_S)


def _settle(organization_id: uuid.UUID, moment: datetime) -> None:
    """The same at the end of an advance: what was done in the background may have made something due by then."""
    while not _is_drained(organization_id):
        if _is_drained(organization_id, *jobs.INSIDE):
            _finish(organization_id, jobs.OUTSIDE, at_most_s=_WAIT_S)
            return
        _finish(organization_id, jobs.INSIDE)
        _do_due_work(organization_id, moment)


def _is_drained(organization_id: uuid.UUID, *queues: str) -> bool:
    with transaction():
        return outbox.drained(organization_id, *queues)


def _finish(organization_id: uuid.UUID, queues: Collection[str], *, at_most_s: float = math.inf) -> None:
    started = progress = time.monotonic()
    while time.monotonic() - started < at_most_s:
        if outbox.run_next(*queues, organization_id=organization_id):
            progress = time.monotonic()
            continue
        with transaction():
            if outbox.drained(organization_id, *queues):
                return
        if time.monotonic() - progress > _WAIT_S:
            raise LockTimeout("background work goes on")
        time.sleep(_PAUSE_S)


def _do_due_work(organization_id: uuid.UUID, until: datetime) -> None:
    """One transaction per moment and customer, in order of time; the clock moves along, so that it never lies.

    Before it leaves a moment, what that moment's work has asked for is done too: a wallet that a bill has emptied is
    filled up before the next one.
    """
    last: due.DueMoment | None = None
    while True:
        with transaction():
            found = due.earliest(until, organization_id=organization_id)
        if last and (found is None or found.due_at > last.due_at):
            _finish(organization_id, jobs.AT_ONCE)
            last = None  # which may have made more fall due at that moment
            continue
        if found is None:
            return
        if found == last:
            raise AdvanceFailed(found.due_at)
        last = found
        _perform(organization_id, found)


def _perform(organization_id: uuid.UUID, found: due.DueMoment) -> None:
    try:
        if (stands_at := _read(organization_id).clock_now) is None or found.due_at > stands_at:
            _set(organization_id, found.due_at)
        due.perform_next(found.due_at, [found.customer_id], standing=True)
    except Exception as error:
        raise AdvanceFailed(found.due_at) from error


@contextmanager
def _alone(organization_id: uuid.UUID) -> Iterator[None]:
    """Holds the organization's clock through several transactions, on a connection of its own."""
    deadline = time.monotonic() + _WAIT_S
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        statement = text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))")
        while not connection.scalar(statement, _key(organization_id)):
            if time.monotonic() > deadline:
                raise LockTimeout("another advance goes on")
            time.sleep(_PAUSE_S)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), _key(organization_id))


def _key(organization_id: uuid.UUID) -> dict[str, str]:
    return {"key": f"clock {organization_id}"}


def stands_at(organization_id: uuid.UUID) -> datetime | None:
    """The moment on which the clock stands just now, whatever was read of it before; None under real time."""
    return _read(organization_id).clock_now


def _read(organization_id: uuid.UUID) -> Organization:
    return db.session.get_one(Organization, organization_id, populate_existing=True)


def _set(organization_id: uuid.UUID, moment: datetime | None) -> None:
    with transaction(), clock.of(moment):
        db.session.execute(
            update(Organization).where(Organization.id == organization_id).values(clock_now=moment)
        )
