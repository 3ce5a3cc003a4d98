"""The three logs of an organization. Their rows are written once and never change."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lago.core import clock
from lago.core.db import Base, Identified, Owned


class ActivityLog(Identified, Owned, Base):
    """Something that happened to an object (06 §6). `id` is the `activity_id`; `cause_id` keys it: one row for each
    announcement, however often its job runs. `activity_object`: the object as the API showed it then;
    `activity_object_changes`: `{field: [before, after]}`. `logged_at` is by the organization's clock."""

    __tablename__ = "activity_logs"

    cause_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    activity_type: Mapped[str]
    activity_source: Mapped[str]
    activity_object: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    activity_object_changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    user_email: Mapped[str | None]
    api_key_id: Mapped[uuid.UUID | None]
    resource_type: Mapped[str]
    resource_id: Mapped[uuid.UUID]
    external_customer_id: Mapped[str | None]
    external_subscription_id: Mapped[str | None]
    logged_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_activity_logs_listed", "organization_id", "logged_at", "seq"),
        Index("ix_activity_logs_resource", "organization_id", "resource_id", "seq"),
        Index("ix_activity_logs_customer", "organization_id", "external_customer_id", "seq"),
    )


class ApiLog(Identified, Owned, Base):
    """A request that may have changed something, and its answer (06 §6). `logged_at` is by the organization's clock (00
    §3), `created_at` real time, by which it is forgotten. The bodies keep the order of their fields."""

    __tablename__ = "api_logs"

    request_id: Mapped[str]
    api_key_id: Mapped[uuid.UUID]
    client: Mapped[str | None]
    http_method: Mapped[str]
    http_status: Mapped[int]
    request_origin: Mapped[str | None]
    request_path: Mapped[str]
    request_body: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    request_response: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    api_version: Mapped[str] = mapped_column(default="v1")
    logged_at: Mapped[datetime] = mapped_column(default=clock.real_now)

    __table_args__ = (
        Index("ix_api_logs_listed", "organization_id", "logged_at", "seq"),
        Index("ix_api_logs_request", "organization_id", "request_id"),
    )


class SecurityLog(Identified, Owned, Base):
    """Something that concerns who may do what (06 §6). `logged_at` is by the organization's clock, `created_at` real
    time; a key is named by its last four."""

    __tablename__ = "security_logs"

    log_type: Mapped[str]
    log_event: Mapped[str]
    user_id: Mapped[uuid.UUID | None]
    user_email: Mapped[str | None]
    api_key_id: Mapped[uuid.UUID | None]
    resources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    device_info: Mapped[dict[str, Any]] = mapped_column(default=dict)
    logged_at: Mapped[datetime] = mapped_column(default=clock.real_now)

    __table_args__ = (Index("ix_security_logs_listed", "organization_id", "logged_at", "seq"),)
