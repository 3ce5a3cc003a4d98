"""Where webhooks go, and what became of each."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core import clock
from lago.core.db import Base, Identified, Owned


class WebhookEndpoint(Identified, Owned, Base):
    """A receiver. `event_types` null: everything; a list: only those; an empty one: nothing (06 §4.1)."""

    __tablename__ = "webhook_endpoints"

    webhook_url: Mapped[str]
    signature_algo: Mapped[str] = mapped_column(default="jwt")
    name: Mapped[str | None]
    event_types: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (UniqueConstraint("organization_id", "webhook_url", name="uq_webhook_endpoints_url"),)


class WebhookDelivery(Identified, Owned, Base):
    """One message to one endpoint. `payload` is the exact JSON text, frozen when it was first rendered (06 §4.2);
    `id` is the receiver's `X-Lago-Unique-Key`. Under a sandbox clock the stamps of sending stay real time."""

    __tablename__ = "webhook_deliveries"

    webhook_endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    webhook_type: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[uuid.UUID]
    cause_id: Mapped[uuid.UUID]
    payload: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    http_status: Mapped[int | None]
    response: Mapped[str | None]
    retries: Mapped[int] = mapped_column(default=0)
    last_retried_at: Mapped[datetime | None]
    touched_at: Mapped[datetime] = mapped_column(default=clock.real_now)

    endpoint: Mapped[WebhookEndpoint] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("webhook_endpoint_id", "cause_id", name="uq_webhook_deliveries_cause"),
        Index("ix_webhook_deliveries_listed", "organization_id", "created_at", "seq"),
        Index("ix_webhook_deliveries_object", "organization_id", "object_id"),
        Index("ix_webhook_deliveries_touched", "touched_at"),
    )


class WebhookAttempt(Identified, Owned, Base):
    """One try to send a message. `error` says why there was no `http_status`; `at` is real time."""

    __tablename__ = "webhook_attempts"

    webhook_delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    http_status: Mapped[int | None]
    error: Mapped[str | None]
    duration_ms: Mapped[int]

    __table_args__ = (UniqueConstraint("webhook_delivery_id", "number", name="uq_webhook_attempts_number"),)
