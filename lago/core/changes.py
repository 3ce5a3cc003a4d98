"""What the present transaction changes on records whose changes the activity log shows (06 §6).

The session is watched: before it writes, what has another value than was read is noted, field by field, under the
names that the API has for them. `announce` of an `…updated` type takes what is noted of its record. Only fields that
were named with `track` are looked at, so that nothing secret gets into the log; statements that write past the session
are not seen, and say themselves what they change (`note`).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import get_history, instance_state
from sqlalchemy.orm.base import NEVER_SET, NO_VALUE, PASSIVE_NO_INITIALIZE

from lago.core.db import Base, db
from lago.core.fields import iso, plain

Key = tuple[type[Any], uuid.UUID]
"""A record: its model and its id."""

Change = tuple[Any, Any]
"""Before and after, as JSON shows them."""


@dataclass(frozen=True)
class Place:
    """Where the changes of a record are shown: on which one, and under which name; that of its own fields is empty."""

    owner: Key
    name: str = ""


@dataclass(frozen=True)
class Kind:
    """`fields`: names by attribute. `lists`: of attributes that are lists of records the name, and what stands for one
    of them. `place`: of a part of another record; None where it cannot be told."""

    fields: Mapping[str, str]
    lists: Mapping[str, tuple[str, Callable[[Any], str]]] = field(default_factory=dict)
    place: Callable[[Any], Place | None] | None = None


_KINDS: dict[type[Any], Kind] = {}

_ENDED = ("deleted_at", "terminated_at")
"""What a part has that is there no longer."""


def track(model: type[Base], kind: Kind) -> None:
    """Has changes of these fields noted from now on."""
    _KINDS[model] = kind


def note(record: Any, name: str, before: Any, after: Any) -> None:
    """Notes a change that the session does not see."""
    _Noted.of(db.session()).add((type(record), record.id), name, (_json(before), _json(after)))


def taken(record: Any) -> dict[str, list[Any]]:
    """`{name: [before, after]}` of all that was changed on the record in this transaction and not taken yet."""
    session = db.session()
    _look(session)
    return _Noted.of(session).take((type(record), record.id))


class _Noted:
    """What a transaction has changed, by record and field: the first value and the last. `told`: the last values that
    were taken, from which on the next change counts."""

    def __init__(self) -> None:
        self._changes: dict[Key, dict[str, Change]] = {}
        self._told: dict[Key, dict[str, Any]] = {}

    @staticmethod
    def of(session: Session) -> "_Noted":
        noted: _Noted = session.info.setdefault("changes", _Noted())
        return noted

    def add(self, key: Key, name: str, change: Change) -> None:
        before, after = change
        changes = self._changes.setdefault(key, {})
        if name in changes:
            before = changes[name][0]
        elif name in self._told.get(key, {}):
            before = self._told[key][name]
        changes[name] = (before, after)

    def take(self, key: Key) -> dict[str, list[Any]]:
        found = {name: change for name, change in self._changes.pop(key, {}).items() if change[0] != change[1]}
        self._told.setdefault(key, {}).update({name: after for name, (_, after) in found.items()})
        return {name: [before, after] for name, (before, after) in found.items()}


def _look(session: Session, *_: object) -> None:
    """Notes what the session is about to write."""
    for gone in session.deleted:
        _note_part(session, gone, made=False)
    for record in session.dirty:
        if (kind := _KINDS.get(type(record))) is not None:
            _note_changed(session, record, kind)
    for made in session.new:
        _note_part(session, made, made=True)


def _note_part(session: Session, record: Any, *, made: bool) -> None:
    """A part of another record comes or goes as a whole."""
    kind = _KINDS.get(type(record))
    place = kind.place(record) if kind and kind.place else None
    if kind and place:
        values = {name: _json(getattr(record, attribute)) for attribute, name in kind.fields.items()}
        _Noted.of(session).add(place.owner, place.name, (None, values) if made else (values, None))


def _note_changed(session: Session, record: Any, kind: Kind) -> None:
    written = instance_state(record).committed_state
    if kind.place and any(name in written and getattr(record, name) for name in _ENDED):
        _note_part(session, record, made=False)
        return
    changes = dict(_changed(record, kind, written))
    place = (kind.place(record) if kind.place else Place((type(record), record.id))) if changes else None
    if place:
        for name, change in changes.items():
            _Noted.of(session).add(place.owner, f"{place.name}.{name}".lstrip("."), change)


def _changed(record: Any, kind: Kind, written: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    """What has another value than before. Where that was not read, nobody knows it."""
    for attribute in kind.fields.keys() & written.keys():
        before = written[attribute]
        if before is not NO_VALUE and before is not NEVER_SET:
            yield kind.fields[attribute], (_json(before), _json(getattr(record, attribute)))
    for attribute in kind.lists.keys() & written.keys():
        name, text = kind.lists[attribute]
        added, kept, dropped = (part or () for part in get_history(record, attribute, PASSIVE_NO_INITIALIZE))
        yield name, (_texts(text, kept, dropped), _texts(text, kept, added))


def _texts(text: Callable[[Any], str], *parts: Iterable[Any]) -> list[str]:
    return sorted(text(one) for part in parts for one in part)


def _json(value: Any) -> Any:
    """As the API shows such a value."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, uuid.UUID | date):
        return str(value)
    return getattr(value, "code", None) if isinstance(value, Base) else value


def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop("changes", None)


def _forget_undone(session: Session, _: object) -> None:
    """A rollback, also to a savepoint: what it left of the changes is not known."""
    session.info.pop("changes", None)


event.listen(Session, "before_flush", _look)
event.listen(Session, "after_transaction_end", _forget)
event.listen(Session, "after_soft_rollback", _forget_undone)
