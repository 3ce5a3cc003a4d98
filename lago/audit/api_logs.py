"""Reads of the log of API requests (06 §6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select

from lago.audit.models import ApiLog
from lago.core.db import db

LAST_SUCCESS = 399


@dataclass(frozen=True)
class ApiLogFilter:
    """Empty or None: not filtered by it. `statuses`: numbers, `succeeded` (up to 399) or `failed`; of `paths` a `*`
    stands for anything; of `clients` one is what the client calls itself, `client_part` a part of it."""

    since: datetime | None = None
    until: datetime | None = None
    methods: Sequence[str] = ()
    statuses: Sequence[int | str] = ()
    api_version: str | None = None
    paths: Sequence[str] = ()
    clients: Sequence[str] = ()
    client_part: str | None = None


def browse_api_logs(organization_id: uuid.UUID, chosen: ApiLogFilter) -> Select[ApiLog]:
    """The organization's requests, the latest first."""
    query = select(ApiLog).where(ApiLog.organization_id == organization_id, *_conditions(chosen))
    return query.order_by(ApiLog.logged_at.desc(), ApiLog.seq.desc())


def find_api_log(organization_id: uuid.UUID, request_id: str) -> ApiLog | None:
    """The request of that id; the latest one where a client gave its id to several."""
    query = select(ApiLog).where(ApiLog.organization_id == organization_id, ApiLog.request_id == request_id)
    return db.session.scalar(query.order_by(ApiLog.seq.desc()).limit(1))


def find_api_log_by_id(organization_id: uuid.UUID, log_id: uuid.UUID) -> ApiLog | None:
    """One line of the log, for its page."""
    query = select(ApiLog).where(ApiLog.organization_id == organization_id, ApiLog.id == log_id)
    return db.session.scalar(query)


def _conditions(chosen: ApiLogFilter) -> list[ColumnElement[bool]]:
    optional = (
        (chosen.since, lambda: ApiLog.logged_at >= chosen.since),
        (chosen.until, lambda: ApiLog.logged_at <= chosen.until),
        (chosen.methods, lambda: ApiLog.http_method.in_([method.lower() for method in chosen.methods])),
        (chosen.statuses, lambda: or_(*map(_has_status, chosen.statuses))),
        (chosen.api_version, lambda: ApiLog.api_version == chosen.api_version),
        (chosen.paths, lambda: or_(*map(_is_at, chosen.paths))),
        (chosen.clients, lambda: ApiLog.client.in_(chosen.clients)),
        (chosen.client_part, lambda: ApiLog.client.icontains(chosen.client_part, autoescape=True)),
    )
    return [condition() for given, condition in optional if given]


def _has_status(status: int | str) -> ColumnElement[bool]:
    if status == "succeeded":
        return ApiLog.http_status <= LAST_SUCCESS
    return ApiLog.http_status > LAST_SUCCESS if status == "failed" else ApiLog.http_status == status


def _is_at(path: str) -> ColumnElement[bool]:
    pattern = path.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").replace("*", "%")
    return ApiLog.request_path.like(pattern, escape="\\")
