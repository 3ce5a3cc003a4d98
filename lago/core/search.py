"""Finding rows by what they are called, however many there are.

An index and the condition that uses it must be written alike, so both are made here. Nothing of it needs an extension
of PostgreSQL: beginnings are a range of a B-tree, words those of its text search, without a language.
"""

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    Row,
    Select,
    TextClause,
    and_,
    literal,
    literal_column,
    text,
    union_all,
)
from sqlalchemy import func as sql

from lago.core.db import db

MOST_WORDS = 8
_LAST = "\U0010ffff"
_BREAKS = "@._-/+:"


def folded(column: str) -> str:
    """SQL of a column for comparison: in small letters."""
    return f"lower({column})"


def words_of(*columns: str) -> str:
    """SQL of the words in columns. E-mail addresses and ids are words too, broken at their signs.

    In the brackets that PostgreSQL itself would write, for the same comparison.
    """
    first, *others = (f"coalesce({column}, '')" for column in columns)
    together = reduce(lambda done, one: f"(({done} || ' ') || {one})", others, first)
    together = together.removeprefix("(").removesuffix(")")
    return f"to_tsvector('simple'::regconfig, translate({together}, '{_BREAKS}', '{' ' * len(_BREAKS)}'))"


def index_of_beginnings(table: str, column: str, where: str | None = None) -> Index:
    """What `begins_with` and `in_order` need, in each organization, whatever language the database sorts by."""
    kept: dict[str, Any] = {"postgresql_where": text(where)} if where else {}
    return Index(
        f"ix_{table}_by_{column}", "organization_id", literal_column(folded(column)),
        postgresql_ops={folded(column): "text_pattern_ops"}, **kept,
    )


def index_of_words(table: str, *columns: str) -> Index:
    """What `has_words` needs."""
    return Index(f"ix_{table}_words", text(words_of(*columns)), postgresql_using="gin")


def in_order(column: Any) -> TextClause:
    """By the column, as its index of beginnings has it: what is named exactly so comes before what is longer."""
    return text(f"{folded(str(column.expression))} USING ~<~")


def begins_with(column: Any, wanted: str) -> ColumnElement[bool]:
    """Whether the column's text begins with `wanted`, in any case."""
    own: ColumnElement[Any] = literal_column(folded(str(column.expression)))
    return and_(own.bool_op("~>=~")(sql.lower(wanted)), own.bool_op("~<~")(sql.lower(wanted + _LAST)))


def has_words(columns: tuple[Any, ...], wanted: str) -> ColumnElement[bool] | None:
    """Whether each word of `wanted` begins a word of the columns; None if all of them are single letters."""
    words = re.findall(r"[^\W_]+", wanted.lower())[:MOST_WORDS]
    if all(len(word) == 1 for word in words):
        return None
    query = " & ".join(f"{word}:*" for word in words)
    found: ColumnElement[Any] = literal_column(words_of(*(str(column.expression) for column in columns)))
    return found.bool_op("@@")(sql.to_tsquery(literal_column("'simple'::regconfig"), query))


def one_after_another(ways: Sequence[Select[Any]]) -> list[Row[Any]]:
    """The rows of queries with the same columns, of which the first is the id: those of the first query first, in one
    statement, each once."""
    ranked = [way.add_columns(literal(rank).label("rank")) for rank, way in enumerate(ways)]
    rows = sorted(db.session.execute(union_all(*ranked)), key=lambda row: row.rank)
    first: dict[Any, Row[Any]] = {}
    for row in rows:
        first.setdefault(row[0], row)
    return list(first.values())
