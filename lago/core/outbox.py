"""Work that is to happen after the commit, as rows: PostgreSQL is the truth, Redis only rings the bell.

`enqueue` and `announce` write a row in the transaction at hand, so that the work exists exactly if what
caused it does. A worker claims a row, runs the job of that name and deletes the row.
"""

import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Row,
    Select,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from lago.core import actor, clock, jobs
from lago.core.changes import taken
from lago.core.db import Base, db, on_commit, transaction
from lago.core.errors import NotFound
from lago.core.ids import new_id

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8


class OutboxRow(Base):
    """One piece of work. `run_at`, `claimed_until` and `failing_since` are real time; `as_of` is a sandbox clock's
    moment. `deferred`: it was put off when it was made, such as a retry, and no sandbox clock waits for it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"))
    queue: Mapped[str]
    name: Mapped[str]
    args: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    as_of: Mapped[datetime | None]
    run_at: Mapped[datetime] = mapped_column(default=clock.real_now)
    deferred: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outbox_open", "queue", "id", postgresql_where=text("failed_at IS NULL")),
        Index("ix_outbox_organization", "organization_id"),
        Index("ix_outbox_failing", "organization_id", postgresql_where=text("last_error IS NOT NULL")),
    )


_FIRST_ATTEMPTS = (OutboxRow.last_error.is_(None), OutboxRow.deferred.is_(False))


class Owned(Protocol):
    """Anything that belongs to an organization and has an id."""

    @property
    def id(self) -> Any: ...
    @property
    def organization_id(self) -> Any: ...


def enqueue(
    name: str, *, organization_id: uuid.UUID | None, delay: timedelta = timedelta(0), **args: Any
) -> None:
    """Has the job `name` run after the commit, not before `delay` of real time. Ids may be given as UUIDs.

    A sandbox clock neither does nor awaits work with a delay (00 §3: webhook retries wait in real time).
    """
    queue = jobs.JOBS[name].queue
    values = {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in args.items()}
    db.session.add(
        OutboxRow(
            organization_id=organization_id, queue=queue, name=name, args=values,
            as_of=clock.standing(), run_at=clock.real_now() + delay, deferred=bool(delay),
        )
    )
    if not delay:
        on_commit(f"ring {queue}", partial(jobs.ring, queue))


def enqueue_once(
    name: str,
    keyed: Mapping[str, Mapping[str, Any]],
    *,
    organization_id: uuid.UUID,
    delay: timedelta = timedelta(0),
) -> None:
    """Has the job `name` run after the commit, once for each key and with its arguments, unless a row with that key is
    there already: one that waits, or that a worker is at. A job that may be asked for anew while it runs makes sure
    itself that nothing is left before it ends, and then drops its key, or renames it before it begins. `delay` as of
    `enqueue`."""
    queue = jobs.JOBS[name].queue
    common = {
        "organization_id": organization_id, "queue": queue, "name": name, "as_of": clock.standing(),
        "run_at": clock.real_now() + delay, "deferred": bool(delay), "attempts": 0,
    }
    in_one_order = sorted(keyed.items())  # so that no two transactions wait for each other
    rows = [{**common, "key": key, "args": dict(args)} for key, args in in_one_order]
    statement = insert(OutboxRow).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(OutboxRow.id)
    if db.session.scalars(statement).all() and not delay:
        on_commit(f"ring {queue}", partial(jobs.ring, queue))


def keep_lease(keys: Collection[str], seconds: int) -> None:
    """Gives the worker that is at the rows of these keys so much time from now on, once this transaction is committed:
    so a lease can be short, and what a killed worker was at need not wait for long."""
    until = clock.real_now() + timedelta(seconds=seconds)
    mine = (OutboxRow.key.in_(keys), OutboxRow.claimed_until.is_not(None))
    db.session.execute(update(OutboxRow).where(*mine).values(claimed_until=until))


def drop(key: str) -> None:
    """Ends the work of that key with the transaction at hand: what is asked for from then on is a row of its own."""
    db.session.execute(delete(OutboxRow).where(OutboxRow.key == key))


def rename(key: str, new_key: str) -> None:
    """Has the work of that key go on under a new one: what is asked for under the old one from then on is a row of its
    own. It takes the place of work that had the new key. Nothing happens if there is no work of that key."""
    old = select(OutboxRow.id).where(OutboxRow.key == key).with_for_update()
    if (row_id := db.session.scalar(old)) is not None:
        drop(new_key)
        db.session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(key=new_key))


def rename_all(new_keys: Mapping[str, str]) -> None:
    """The same for several keys, each to the new one that is named with it; three statements."""
    old = select(OutboxRow.key).where(OutboxRow.key.in_(new_keys)).order_by(OutboxRow.id).with_for_update()
    there = {key: new_keys[key] for key in db.session.scalars(old) if key}
    if there:
        db.session.execute(delete(OutboxRow).where(OutboxRow.key.in_(there.values())))
        new = case(there, value=OutboxRow.key)
        db.session.execute(update(OutboxRow).where(OutboxRow.key.in_(there)).values(key=new))


def announce(webhook_type: str, record: Owned, changes: Mapping[str, Any] | None = None) -> None:
    """Tells the organization's webhook endpoints (06 §4) and its activity log (06 §6), after the commit, that something
    happened to `record`. Some types are for the log alone. With a type that says `updated` go the changes of the
    record in this transaction, or `changes`.

    `cause_id` keys what comes of it: one message per endpoint and one line of the log, however often the job runs.
    """
    if changes is None and "updated" in webhook_type:
        changes = taken(record)
    enqueue(
        "webhooks.dispatch", organization_id=record.organization_id, webhook_type=webhook_type, record_id=record.id,
        cause_id=new_id(), announced_at=clock.now().isoformat(), actor=actor.as_arguments(actor.current()),
        changes=changes,
    )


def run_next(*queues: str, organization_id: uuid.UUID | None = None) -> bool:
    """Does one piece of open work of these queues (none named: of any), or of an organization in them.
    False if there was none to take. A job that takes batches gets more pieces of its kind at once."""
    db.session.expunge_all()  # what an earlier piece of work has read may be out of date by now
    row_ids: list[int] = []
    try:
        with transaction():
            rows = _take(queues, organization_id)
            row_ids = [row.id for row in rows]
            leased = _claim(rows) if rows else False
        if leased:
            _run_leased(rows)
    except Exception as error:
        if not row_ids:
            raise
        _recover(rows, error)
    return bool(row_ids)


def drained(organization_id: uuid.UUID, *queues: str) -> bool:
    """Whether nothing of the organization, in these queues or in any, awaits its first attempt or is at work."""
    return not db.session.scalar(select(exists(_outstanding(organization_id, queues).subquery().select())))


def waiting_queues() -> list[str]:
    """The queues in which work lies open that nobody has taken."""
    return [name for name in jobs.QUEUES if db.session.scalar(select(exists(_open([name], None).subquery().select())))]


def figures() -> Sequence[Row[str, bool, int, datetime]]:
    """Per queue and state: how many rows there are, and since when the oldest could have run."""
    failed = OutboxRow.failed_at.is_not(None).label("failed")
    count, oldest = func.count().label("rows"), func.min(OutboxRow.run_at).label("oldest")
    return db.session.execute(select(OutboxRow.queue, failed, count, oldest).group_by(OutboxRow.queue, failed)).all()


def failing(organization_id: uuid.UUID) -> Select[OutboxRow]:
    """The organization's work that failed and is not done; first what is not tried again by itself."""
    query = select(OutboxRow).where(OutboxRow.organization_id == organization_id, OutboxRow.last_error.is_not(None))
    return query.order_by(OutboxRow.failed_at.is_(None), OutboxRow.id)


def count_failing(organization_id: uuid.UUID) -> int:
    return db.session.scalar(select(func.count()).select_from(failing(organization_id).order_by(None).subquery())) or 0


def retry(row_id: int, organization_id: uuid.UUID) -> None:
    """Has work that failed run at once, with all its attempts before it; what a worker is at is left to that worker.

    Raises NotFound if the organization has no such failed work.
    """
    wanted = failing(organization_id).where(OutboxRow.id == row_id).execution_options(populate_existing=True)
    if db.session.scalar(wanted) is None:
        raise NotFound("outbox_row")
    row = db.session.scalar(wanted.with_for_update(skip_locked=True))
    if row is not None:
        row.failed_at, row.attempts, row.run_at = None, 0, clock.real_now()
        on_commit(f"ring {row.queue}", partial(jobs.ring, row.queue))


def _open(queues: Collection[str], organization_id: uuid.UUID | None) -> Select[OutboxRow]:
    now = clock.real_now()
    query = select(OutboxRow).where(
        OutboxRow.failed_at.is_(None),
        OutboxRow.run_at <= now,
        or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now),
    )
    if queues:
        query = query.where(OutboxRow.queue.in_(queues))
    if organization_id:
        query = query.where(OutboxRow.organization_id == organization_id, *_FIRST_ATTEMPTS)
    return query.order_by(OutboxRow.id)


def _outstanding(organization_id: uuid.UUID, queues: Collection[str]) -> Select[int]:
    query = select(OutboxRow.id).where(
        OutboxRow.organization_id == organization_id,
        OutboxRow.failed_at.is_(None),
        OutboxRow.run_at <= clock.real_now(),
        *_FIRST_ATTEMPTS,
    )
    return query.where(OutboxRow.queue.in_(queues)) if queues else query


def _take(queues: Collection[str], organization_id: uuid.UUID | None) -> Sequence[OutboxRow]:
    """The first open row, locked; with it more of its kind, as of the same moment, if its job takes batches."""
    rows = db.session.scalars(_open(queues, organization_id).limit(1).with_for_update(skip_locked=True)).all()
    if not rows or jobs.JOBS[rows[0].name].batch == 1:
        return rows
    same_clock = OutboxRow.as_of.is_not_distinct_from(rows[0].as_of)
    alike = _open(queues, organization_id).where(
        OutboxRow.name == rows[0].name, same_clock, OutboxRow.last_error.is_(None)
    )
    more = alike.where(OutboxRow.id > rows[0].id).limit(jobs.JOBS[rows[0].name].batch - 1)
    return [*rows, *db.session.scalars(more.with_for_update(skip_locked=True))]


def _claim(rows: Sequence[OutboxRow]) -> bool:
    """Runs a job without lease at once and deletes its rows; else takes the lease. True if they are leased."""
    job = jobs.JOBS[rows[0].name]
    if job.lease_s is None:
        _call(job, rows)
        _delete(rows)
        return False
    seconds = job.lease_s() if callable(job.lease_s) else job.lease_s
    for row in rows:
        row.claimed_until = clock.real_now() + timedelta(seconds=seconds)
        row.attempts += 1
    return True


def _run_leased(rows: Sequence[OutboxRow]) -> None:
    _call(jobs.JOBS[rows[0].name], rows)
    with transaction():
        _delete(rows)


def _call(job: jobs.Job, rows: Sequence[OutboxRow]) -> None:
    with clock.of(rows[0].as_of), actor.acting(actor.SYSTEM):
        if job.batch == 1:
            job.function(**rows[0].args)
        else:
            job.function([row.args for row in rows])


def _delete(rows: Sequence[OutboxRow]) -> None:
    db.session.execute(delete(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])))


def _recover(rows: Sequence[OutboxRow], error: Exception) -> None:
    """After a failure: puts the row off; of a batch, does each piece alone, so that one does not hold up the others."""
    if len(rows) == 1:
        log.error("job failed", extra={"outbox_id": rows[0].id, "job": rows[0].name}, exc_info=error)
        _record_failure(rows[0].id, error)
        return
    for row in rows:
        try:
            _run_leased([row])
        except Exception as its_error:
            _recover([row], its_error)


def _record_failure(row_id: int, error: Exception) -> None:
    """Puts the row off, longer each time; after MAX_ATTEMPTS it stays for an operator to see."""
    with transaction():
        row = db.session.get(OutboxRow, row_id, with_for_update=True, populate_existing=True)
        if row is None:
            return
        attempts = row.attempts + (0 if row.claimed_until else 1)
        now = clock.real_now()
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id)
            .values(
                attempts=attempts, claimed_until=None, last_error=f"{type(error).__name__}: {error}"[:2000],
                run_at=now + timedelta(seconds=2**attempts), failed_at=now if attempts >= MAX_ATTEMPTS else None,
                failing_since=row.failing_since or now,
            )
        )
