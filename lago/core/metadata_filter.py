"""Narrowing a list by the notes on its records: `metadata[key]=value` (06 §2.3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, tuple_


def metadata_conditions(record_id: Any, notes_of: Any, wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Two conditions at most, however many are `wanted`: PostgreSQL would plan hundreds of them for minutes.

    `notes_of`: the column of the notes that refers to `record_id`; a record has one note of a key. A blank value:
    it has no note of that key.
    """
    notes = notes_of.class_
    present = [pair for pair in wanted.items() if pair[1]]
    absent = [key for key, value in wanted.items() if not value]
    conditions: list[ColumnElement[bool]] = []
    if present:
        among = select(func.count()).where(notes_of == record_id, tuple_(notes.key, notes.value).in_(present))
        conditions.append(among.scalar_subquery() == len(present))
    if absent:
        conditions.append(~exists().where(notes_of == record_id, notes.key.in_(absent)))
    return conditions
