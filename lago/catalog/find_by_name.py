"""Finding plans by what they are called, for the search over everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, or_, select

from lago.catalog.models import Plan
from lago.core.db import db

COLUMNS = (Plan.id, Plan.name, Plan.code, Plan.interval)


def search_plans(organization_id: uuid.UUID, wanted: str, most: int) -> Sequence[Row]:
    """Up to `most` plans with `wanted` in the name or the code, those that begin with it first. What single
    subscriptions override is left out, so that few are looked through."""
    named_by = (Plan.name, Plan.code)
    query = select(*COLUMNS).where(
        Plan.organization_id == organization_id, Plan.deleted_at.is_(None), Plan.parent_id.is_(None),
        or_(*(column.icontains(wanted, autoescape=True) for column in named_by)),
    )
    first = or_(*(column.istartswith(wanted, autoescape=True) for column in named_by))
    return db.session.execute(query.order_by(first.desc(), Plan.name, Plan.seq).limit(most)).all()
