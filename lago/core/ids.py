"""Identifiers."""

import uuid
from datetime import datetime

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUID of version 7: unique everywhere, and close in an index to those made at about the same time."""
    identifier: uuid.UUID = compat.uuid7()
    return identifier


def first_id_of(moment: datetime) -> uuid.UUID:
    """No id that was made at `moment` of real time or later is lower, and none that was made before is higher."""
    milliseconds = int(moment.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62)


def as_uuid(text: object) -> uuid.UUID | None:
    """The UUID that `text` spells, or None: a malformed id is simply the id of nothing."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
