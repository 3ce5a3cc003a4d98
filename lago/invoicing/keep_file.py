"""Files of documents lie in PostgreSQL, one of each kind for a document (decision 0006)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from lago.core import clock
from lago.core.db import Base, db
from lago.core.outbox import Owned


def keep_file(table: type[Base], document: Mapping[str, UUID], owner: Owned, kind: str, content: bytes) -> bool:
    """Keeps a file of a document, unless there is one of that kind; whether it is a new one.

    `document`: the column that names the document, and its id. Of two workers that make the same file at once, one
    keeps it, and it alone goes on to tell of it.
    """
    row = {
        **document, "kind": kind, "organization_id": owner.organization_id, "content": content,
        "created_at": clock.now(),
    }
    kept = insert(table).values(row).on_conflict_do_nothing()
    return db.session.scalar(kept.returning(*(getattr(table, name) for name in document))) is not None
