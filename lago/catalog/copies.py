"""Rows of the catalog as they are, once more: what a plan that overrides another one begins with (03 §1.5)."""

from copy import deepcopy
from typing import Any, TypeVar

from sqlalchemy import inspect

from lago.core.db import Identified

T = TypeVar("T", bound=Identified)

_ITS_OWN = frozenset({"id", "seq", "created_at", "updated_at", "deleted_at"})


def copy_of(row: T, **others: Any) -> T:
    """A new row with the columns of `row`, but for its identity and its stamps, and for what `others` name."""
    names = [column.key for column in inspect(type(row)).column_attrs if column.key not in _ITS_OWN | others.keys()]
    return type(row)(**{name: deepcopy(getattr(row, name)) for name in names}, **others)
