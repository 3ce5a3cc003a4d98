"""What the pages show of the catalog."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.catalog.models import BillableMetric
from lago.core.db import db


def metric_codes(organization_id: uuid.UUID) -> Sequence[str]:
    """The codes under which events are counted, in alphabetical order."""
    query = select(BillableMetric.code).where(
        BillableMetric.organization_id == organization_id, BillableMetric.deleted_at.is_(None)
    )
    return db.session.scalars(query.order_by(BillableMetric.code)).all()
