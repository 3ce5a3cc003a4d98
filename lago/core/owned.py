"""Rows of an organization by their id, whatever they are."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal, select, union_all

from lago.core.db import db


def find_owned(model: type[Any], organization_id: uuid.UUID, record_id: uuid.UUID) -> Any:
    """The organization's row of that table with this id, deleted or not; None without one."""
    return db.session.scalar(select(model).where(model.organization_id == organization_id, model.id == record_id))


def kinds_with(models: Mapping[str, type[Any]], organization_id: uuid.UUID, record_id: uuid.UUID) -> list[str]:
    """The names under which there is a row of the organization with this id."""
    parts = [
        select(literal(name)).where(model.organization_id == organization_id, model.id == record_id)
        for name, model in models.items()
    ]
    return list(db.session.scalars(union_all(*parts)))
