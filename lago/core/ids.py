"""Identifiers."""

import uuid

from uuid_utils import compat


def new_id() -> uuid.UUID:
    """A UUID of version 7: unique everywhere, and close in an index to those made at about the same time."""
    identifier: uuid.UUID = compat.uuid7()
    return identifier


def as_uuid(text: object) -> uuid.UUID | None:
    """The UUID that `text` spells, or None: a malformed id is simply the id of nothing."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
