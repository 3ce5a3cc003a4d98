"""What taxes are attached to, for their pages (04 §6.1). What was deleted, and copies of plans, do not count."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, union_all

from lago.catalog.delete_tax import links
from lago.catalog.models import Tax
from lago.core.db import db

_SHOWN = 5


@dataclass(frozen=True)
class TaxUse:
    """The rows of a table that have a tax: how many, and the first of them by their names."""

    table: str
    number: int
    first: Sequence[tuple[uuid.UUID, str]]


def use_counts(tax_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """How many rows of each table have each tax. One query."""
    counts: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    parts = [
        _attached(link, link.c.tax_id, literal(_owners(link).name).label("owner"), func.count().label("number"))
        .where(link.c.tax_id.in_(tax_ids)).group_by(link.c.tax_id)
        for link in links()
    ]
    for row in db.session.execute(union_all(*parts)) if tax_ids else ():
        counts[row.tax_id][row.owner] = row.number
    return counts


def uses_of(tax: Tax) -> list[TaxUse]:
    """Where the tax is attached, the tables with nothing left out."""
    counts = use_counts([tax.id]).get(tax.id, {})
    return [
        TaxUse(_owners(link).name, counts[_owners(link).name], _first(link, tax))
        for link in links() if _owners(link).name in counts
    ]


def _first(link: Table, tax: Tax) -> Sequence[tuple[uuid.UUID, str]]:
    name = _name(_owners(link))
    query = _attached(link, _owners(link).c.id, name).where(link.c.tax_id == tax.id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(name).limit(_SHOWN))]


def _attached(link: Table, *columns: Any) -> Select[Any]:
    """The rows of a link whose owners are kept."""
    owners = _owners(link)
    query = select(*columns).select_from(link.join(owners))
    if "deleted_at" in owners.c:
        query = query.where(owners.c.deleted_at.is_(None))
    return query.where(owners.c.parent_id.is_(None)) if "parent_id" in owners.c else query


def _owners(link: Table) -> Table:
    return next(key.column.table for key in link.foreign_keys if key.column.table.name != "taxes")


def _name(owners: Table) -> ColumnElement[str]:
    """What a row is called."""
    named = [owners.c[name] for name in ("name", "invoice_display_name", "external_id", "code") if name in owners.c]
    return func.coalesce(*(func.nullif(column, "") for column in named), "") if named else literal("")
