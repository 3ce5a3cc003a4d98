"""What the pages show of the activity log."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import defer

from lago.audit.activities import ActivityFilter, list_activities
from lago.audit.models import ActivityLog
from lago.core.db import db

_LINES = defer(ActivityLog.activity_object)
"""Lists don't show the objects, which may be large."""


def activities_of(organization_id: uuid.UUID, resource_id: uuid.UUID) -> Select[ActivityLog]:
    """What happened to one object of the organization, newest first; what is older than the pages show as well."""
    query = select(ActivityLog).where(
        ActivityLog.organization_id == organization_id, ActivityLog.resource_id == resource_id
    )
    return query.order_by(ActivityLog.seq.desc()).options(_LINES)


def browse_activities(organization_id: uuid.UUID, chosen: ActivityFilter) -> Select[ActivityLog]:
    """The same of the whole organization, filtered."""
    return list_activities(organization_id, chosen).options(_LINES)


def last_activity(organization_id: uuid.UUID) -> int:
    """The `seq` of the organization's newest line, 0 without one: to count from it later."""
    query = select(ActivityLog.seq).where(ActivityLog.organization_id == organization_id)
    return db.session.scalar(query.order_by(ActivityLog.seq.desc()).limit(1)) or 0


def activities_since(organization_id: uuid.UUID, seq: int) -> Sequence[Row[str, int]]:
    """How many lines of each `activity_type` there are after that one; the most frequent first."""
    count = func.count().label("count")
    newer = (ActivityLog.organization_id == organization_id, ActivityLog.seq > seq)
    query = select(ActivityLog.activity_type, count).where(*newer).group_by(ActivityLog.activity_type)
    return db.session.execute(query.order_by(count.desc(), ActivityLog.activity_type)).all()
