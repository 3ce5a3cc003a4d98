"""Notes in the security log what was changed on a record, if anything was (06 §6)."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import inspect

from lago.audit.kept_body import without_secrets
from lago.audit.note_security import note_security

_NO_CHANGES = frozenset(("id", "seq", "created_at", "updated_at", "organization_id"))


@contextmanager
def note_update(log_event: str, record: Any, *named_by: str) -> Iterator[None]:
    """Compares the columns of `record` before and after what happens inside. The line names it by its id and the
    columns `named_by`, as they are afterwards, and has `changes`: `{column: [before, after]}`."""
    before = values_of(record)
    yield
    after = values_of(record)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after.get(name, before[name])}
    if changes:
        resources = {**named(record, *named_by), "changes": changes}
        note_security(log_event, record.organization_id, resources=resources)


def named(record: Any, *columns: str) -> Mapping[str, Any]:
    """The id and those columns of a record, as a line of the log names it."""
    return {name: plain(getattr(record, name)) for name in ("id", *columns)}


def values_of(record: Any) -> dict[str, Any]:
    """The columns that were read, but for files."""
    state = inspect(record)
    names = [column.key for column in state.mapper.column_attrs if column.key not in state.unloaded | _NO_CHANGES]
    values = {name: getattr(record, name) for name in names}
    return {name: plain(value) for name, value in values.items() if not isinstance(value, bytes)}


def plain(value: Any) -> Any:
    """As JSON, and without passwords in addresses."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return without_secrets(value.encode()).decode() if isinstance(value, str) else value
