"""Rows that a statement is given, to join them with those of tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import TableValuedAlias, cast, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def given_rows(
    name: str, columns: Mapping[str, type[TypeEngine[Any]] | TypeEngine[Any]], rows: Iterable[Sequence[Any]]
) -> TableValuedAlias:
    """The rows as a table called `name`, with their columns in the order of `columns`.

    Arrays side by side, and not VALUES: such a statement is the same however many rows there are, and is put into words
    once, where one with VALUES is so each time.
    """
    lists = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in columns]
    arrays = [cast(values, ARRAY(kind)) for values, kind in zip(lists, columns.values(), strict=True)]
    table = func.unnest(*arrays).table_valued(*(column(key, kind) for key, kind in columns.items()), name=name)
    return table.render_derived()
