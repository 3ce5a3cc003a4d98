"""The end of an add-on (04 §10)."""

from lago.catalog.models import AddOn
from lago.core import clock
from lago.core.db import db


def delete_add_on(add_on: AddOn) -> None:
    """Deletes the add-on; its code is free again. Fixed charges on it and what was billed stay and keep its name."""
    add_on.deleted_at = clock.now()
    db.session.flush()
