"""Reads of the activity log (06 §6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select

from lago.audit.models import ActivityLog
from lago.core import clock
from lago.core.db import db

SHOWN_FOR = timedelta(days=30)
"""How far back lists reach where nobody says from when (06 §6)."""


@dataclass(frozen=True)
class ActivityFilter:
    """Empty or None: not filtered by it; without `since` of the last 30 days. Both moments are included."""

    since: datetime | None = None
    until: datetime | None = None
    activity_types: Sequence[str] = ()
    activity_sources: Sequence[str] = ()
    user_emails: Sequence[str] = ()
    external_customer_id: str | None = None
    external_subscription_id: str | None = None
    resource_ids: Sequence[uuid.UUID | None] = ()
    resource_types: Sequence[str] = ()


def list_activities(organization_id: uuid.UUID, chosen: ActivityFilter) -> Select[ActivityLog]:
    """What happened in the organization, the latest first."""
    since = chosen.since or clock.now() - SHOWN_FOR
    query = select(ActivityLog).where(ActivityLog.organization_id == organization_id, ActivityLog.logged_at >= since)
    return query.where(*_conditions(chosen)).order_by(ActivityLog.logged_at.desc(), ActivityLog.seq.desc())


def find_activity(organization_id: uuid.UUID, activity_id: uuid.UUID | None) -> ActivityLog | None:
    """One line, as long as it is kept."""
    query = select(ActivityLog).where(ActivityLog.organization_id == organization_id, ActivityLog.id == activity_id)
    return db.session.scalar(query)


def _conditions(chosen: ActivityFilter) -> list[ColumnElement[bool]]:
    optional = (
        (chosen.until, lambda: ActivityLog.logged_at <= chosen.until),
        (chosen.activity_types, lambda: ActivityLog.activity_type.in_(chosen.activity_types)),
        (chosen.activity_sources, lambda: ActivityLog.activity_source.in_(chosen.activity_sources)),
        (chosen.user_emails, lambda: ActivityLog.user_email.in_(chosen.user_emails)),
        (chosen.external_customer_id, lambda: ActivityLog.external_customer_id == chosen.external_customer_id),
        (
            chosen.external_subscription_id,
            lambda: ActivityLog.external_subscription_id == chosen.external_subscription_id,
        ),
        (chosen.resource_ids, lambda: ActivityLog.resource_id.in_([one for one in chosen.resource_ids if one])),
        (chosen.resource_types, lambda: ActivityLog.resource_type.in_(chosen.resource_types)),
    )
    return [condition() for given, condition in optional if given]
