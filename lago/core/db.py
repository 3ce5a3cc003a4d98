"""The database session, what all tables share, and the one place that commits."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Numeric, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from lago.core import clock, connections, eager_loads  # noqa: F401  (look after the pool and after what is read twice)
from lago.core.errors import Invalid
from lago.core.ids import new_id

__all__ = [
    "Base", "Identified", "Owned", "SoftDeleted", "all_or_nothing", "db", "lock", "lock_shared", "on_commit",
    "transaction", "tried", "unique",
]


T = TypeVar("T")


class Base(DeclarativeBase):
    """Column types by annotation: texts without limit, times with zone (stored in UTC), 64-bit integers, jsonb."""

    registry = registry(
        type_annotation_map={
            str: Text,
            int: BigInteger,
            datetime: DateTime(timezone=True),
            Decimal: Numeric,
            uuid.UUID: Uuid,
            dict[str, Any]: JSONB,
            list[Any]: JSONB,
            list[str]: JSONB,
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class Identified:
    """An id for the outside, a sequence that breaks ties of `created_at` (00 §3), and stamps by the clock."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), nullable=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class Owned:
    """A row of one organization."""

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))


class SoftDeleted:
    """A row that stays readable from older documents after it was deleted."""

    deleted_at: Mapped[datetime | None]


@contextmanager
def transaction() -> Iterator[None]:
    """Commits what happens inside, all or nothing, then runs what waited for the commit (`on_commit`)."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        db.session.info.pop("on_commit", None)
        raise
    for callback in db.session.info.pop("on_commit", {}).values():
        callback()


def on_commit(key: str, callback: Callable[[], None]) -> None:
    """Has `callback` run once after the commit, however often it is asked for under the same `key`."""
    db.session.info.setdefault("on_commit", {})[key] = callback


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Undoes what was done inside if it raises, so that the transaction may go on: a form is shown again."""
    with db.session.begin_nested():
        yield


def tried(attempt: Callable[[], T]) -> T:
    """What `attempt` returns; whatever it did is undone, nothing of it waits for the commit, and its locks are given
    back: to show what would come of it.

    It must return plain values, not records: those it made are gone, and all others are read anew when next used.
    """
    waiting = dict(db.session.info.get("on_commit", {}))
    savepoint = db.session.begin_nested()
    try:
        return attempt()
    finally:
        savepoint.rollback()
        db.session.expire_all()
        db.session.info["on_commit"] = waiting


@contextmanager
def unique(constraint: str, field: str) -> Iterator[None]:
    """Writes what was changed inside at once, in a savepoint.

    Raises Invalid `{field: ["value_already_exist"]}` where another row has it already, by that constraint or
    unique index: the last word between two requests at the same time.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != constraint:
            raise
        raise Invalid({field: ["value_already_exist"]}) from None


_LOCK = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS keys(key)")

_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(key) FROM unnest(CAST(:keys AS bigint[])) AS keys(key)")


def lock(*keys: object) -> None:
    """Waits for the locks named by the keys and holds them to the end of the transaction.

    Several are taken in one order, whatever the order they are given in, so that no two transactions wait for
    each other.
    """
    db.session.execute(_LOCK, {"keys": sorted(map(_lock_number, keys))})


def lock_shared(*keys: object) -> None:
    """The same, but others may hold these locks shared at the same time: only `lock` waits for all of them to end."""
    db.session.execute(_LOCK_SHARED, {"keys": sorted(map(_lock_number, keys))})


def _lock_number(key: object) -> int:
    """64 bits, signed, as PostgreSQL's advisory locks are named."""
    return int.from_bytes(hashlib.blake2b(str(key).encode(), digest_size=8).digest(), signed=True)
