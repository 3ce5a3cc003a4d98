"""What the pages show of add-ons."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import lazyload

from lago.catalog.browse import PARTS_OF_PLANS
from lago.catalog.models import AddOn, FixedCharge, Plan, Tax
from lago.catalog.queries import add_ons, taxes
from lago.core.db import db


def browse_add_ons(organization_id: uuid.UUID, search: str | None) -> Select[AddOn]:
    """The organization's add-ons, newest first; `search`: a part of the name or the code, in any case."""
    query = add_ons(organization_id)
    if search:
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in (AddOn.name, AddOn.code))))
    return query


def find_add_on(organization_id: uuid.UUID, add_on_id: uuid.UUID) -> AddOn | None:
    """The add-on, unless it was deleted."""
    return db.session.scalar(add_ons(organization_id).where(AddOn.id == add_on_id))


def add_ons_by_name(organization_id: uuid.UUID) -> Sequence[AddOn]:
    """All add-ons in alphabetical order, to choose from."""
    query = add_ons(organization_id).order_by(None).order_by(func.lower(AddOn.name), AddOn.seq)
    return db.session.scalars(query).all()


def taxes_by_name(organization_id: uuid.UUID) -> Sequence[Tax]:
    """All taxes in alphabetical order, to choose from."""
    return db.session.scalars(taxes(organization_id).order_by(None).order_by(func.lower(Tax.name), Tax.seq)).all()


def plan_counts(some: Collection[AddOn]) -> dict[uuid.UUID, int]:
    """On how many plans each of the add-ons is a fixed charge, by their ids; a plan and those that override it are
    one."""
    family = func.coalesce(Plan.parent_id, Plan.id)
    query = _uses(some).with_only_columns(FixedCharge.add_on_id, func.count(family.distinct()))
    rows = db.session.execute(query.group_by(FixedCharge.add_on_id))
    return {add_on_id: number for add_on_id, number in rows}


def plans_with(add_on: AddOn) -> Sequence[Plan]:
    """The plans on which it is a fixed charge, the newest first; not those that override another."""
    ids = _uses([add_on]).with_only_columns(FixedCharge.plan_id)
    query = select(Plan).where(Plan.id.in_(ids), Plan.parent_id.is_(None)).order_by(Plan.seq.desc())
    return db.session.scalars(query.options(*(lazyload(part) for part in PARTS_OF_PLANS))).all()


def _uses(some: Collection[AddOn]) -> Select[FixedCharge]:
    return (
        select(FixedCharge)
        .join(Plan, Plan.id == FixedCharge.plan_id)
        .where(
            FixedCharge.add_on_id.in_([one.id for one in some]), FixedCharge.deleted_at.is_(None),
            Plan.deleted_at.is_(None),
        )
    )
