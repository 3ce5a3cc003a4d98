"""Reads of the security log (06 §6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from lago.audit.forget_old import KEPT_FOR
from lago.audit.models import SecurityLog
from lago.core import clock
from lago.core.db import db


@dataclass(frozen=True)
class SecurityLogFilter:
    """Empty or None: not filtered by it. `email_part`: a part of the e-mail of who acted."""

    since: datetime | None = None
    until: datetime | None = None
    user_ids: Sequence[uuid.UUID] = ()
    api_key_ids: Sequence[uuid.UUID] = ()
    log_types: Sequence[str] = ()
    log_events: Sequence[str] = ()
    email_part: str | None = None


def browse_security_logs(organization_id: uuid.UUID, chosen: SecurityLogFilter) -> Select[SecurityLog]:
    """What happened in the organization in the last 90 days of real time, the latest first."""
    query = _kept(organization_id).where(*_conditions(chosen))
    return query.order_by(SecurityLog.logged_at.desc(), SecurityLog.seq.desc())


def find_security_log(organization_id: uuid.UUID, log_id: uuid.UUID | None) -> SecurityLog | None:
    """One line of the log."""
    return db.session.scalar(_kept(organization_id).where(SecurityLog.id == log_id))


def _kept(organization_id: uuid.UUID) -> Select[SecurityLog]:
    return select(SecurityLog).where(
        SecurityLog.organization_id == organization_id, SecurityLog.created_at >= clock.real_now() - KEPT_FOR
    )


def _conditions(chosen: SecurityLogFilter) -> list[ColumnElement[bool]]:
    optional = (
        (chosen.since, lambda: SecurityLog.logged_at >= chosen.since),
        (chosen.until, lambda: SecurityLog.logged_at <= chosen.until),
        (chosen.user_ids, lambda: SecurityLog.user_id.in_(chosen.user_ids)),
        (chosen.api_key_ids, lambda: SecurityLog.api_key_id.in_(chosen.api_key_ids)),
        (chosen.log_types, lambda: SecurityLog.log_type.in_(chosen.log_types)),
        (chosen.log_events, lambda: SecurityLog.log_event.in_(chosen.log_events)),
        (chosen.email_part, lambda: SecurityLog.user_email.icontains(chosen.email_part, autoescape=True)),
    )
    return [condition() for given, condition in optional if given]
