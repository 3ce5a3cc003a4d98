"""Custom sections: reads of them, and who has chosen which (04 §15). Deleted ones are not found."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, or_, select

from lago.core.db import db
from lago.organizations.models import CHOOSERS, ChosenCustomSection, InvoiceCustomSection

Chosen = Mapping[uuid.UUID, Sequence[ChosenCustomSection]]
"""The choices by the id of who made them."""

MANUAL = "manual"
SYSTEM_GENERATED = "system_generated"


def custom_sections(organization_id: uuid.UUID, search: str | None = None) -> Select[InvoiceCustomSection]:
    """The organization's sections by name; with `search` those whose name or code contains it."""
    query = select(InvoiceCustomSection).where(
        InvoiceCustomSection.organization_id == organization_id, InvoiceCustomSection.deleted_at.is_(None)
    )
    if search:
        columns = (InvoiceCustomSection.name, InvoiceCustomSection.code)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return query.order_by(InvoiceCustomSection.name, InvoiceCustomSection.seq)


def custom_section_by_id(organization_id: uuid.UUID, section_id: uuid.UUID) -> InvoiceCustomSection | None:
    return db.session.scalar(custom_sections(organization_id).where(InvoiceCustomSection.id == section_id))


def sections_of_codes(organization_id: uuid.UUID, codes: Collection[str]) -> Sequence[InvoiceCustomSection]:
    """The sections of these codes by name; codes that nobody knows are ignored."""
    if not codes:
        return []
    query = custom_sections(organization_id).where(InvoiceCustomSection.code.in_(codes))
    return db.session.scalars(query).all()


def chosen_by(**ids: Collection[uuid.UUID]) -> Chosen:
    """What these have chosen, by name: `chosen_by(customer_id=[…], wallet_id=[…])`. One query."""
    rows = defaultdict(list)
    asked = {chooser: set(wanted) for chooser, wanted in ids.items() if wanted}
    if not asked:
        return rows
    query = (
        select(ChosenCustomSection)
        .join(ChosenCustomSection.section)
        .where(
            InvoiceCustomSection.deleted_at.is_(None),
            or_(*(getattr(ChosenCustomSection, chooser).in_(wanted) for chooser, wanted in asked.items())),
        )
        .order_by(InvoiceCustomSection.name, InvoiceCustomSection.seq)
    )
    for row in db.session.scalars(query):
        rows[next(filter(None, (getattr(row, chooser) for chooser in CHOOSERS)))].append(row)
    return rows


def uses_of(section_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """How many have chosen each of these sections, by the kind of who did."""
    counts = [func.count(getattr(ChosenCustomSection, chooser)).label(chooser) for chooser in CHOOSERS]
    query = (
        select(ChosenCustomSection.section_id, *counts)
        .where(ChosenCustomSection.section_id.in_(section_ids))
        .group_by(ChosenCustomSection.section_id)
    )
    return {row.section_id: {one: getattr(row, one) for one in CHOOSERS} for row in db.session.execute(query)}
