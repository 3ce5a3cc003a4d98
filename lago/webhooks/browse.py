"""What the webhook log shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from lago.core.db import db
from lago.webhooks.models import WebhookDelivery, WebhookEndpoint


@dataclass(frozen=True)
class DeliveryFilter:
    """None: not filtered by it. `webhook_type`: a part of the type's name."""

    endpoint_id: uuid.UUID | None = None
    webhook_type: str | None = None
    status: str | None = None


def browse_deliveries(organization_id: uuid.UUID, chosen: DeliveryFilter) -> Select[WebhookDelivery]:
    """The organization's messages, newest first, each with its endpoint."""
    query = select(WebhookDelivery).where(WebhookDelivery.organization_id == organization_id)
    if chosen.endpoint_id:
        query = query.where(WebhookDelivery.webhook_endpoint_id == chosen.endpoint_id)
    if chosen.webhook_type:
        query = query.where(WebhookDelivery.webhook_type.icontains(chosen.webhook_type, autoescape=True))
    if chosen.status:
        query = query.where(WebhookDelivery.status == chosen.status)
    return query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.seq.desc())


def find_delivery(organization_id: uuid.UUID, delivery_id: uuid.UUID) -> WebhookDelivery | None:
    """One message."""
    return db.session.scalar(
        select(WebhookDelivery).where(
            WebhookDelivery.organization_id == organization_id, WebhookDelivery.id == delivery_id
        )
    )


def endpoints_of(organization_id: uuid.UUID) -> Sequence[WebhookEndpoint]:
    """The organization's endpoints, the oldest first."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == organization_id)
    return db.session.scalars(query.order_by(WebhookEndpoint.seq)).all()


def deliveries_about(organization_id: uuid.UUID, object_id: uuid.UUID) -> Sequence[WebhookDelivery]:
    """The messages about one object, the oldest first."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.organization_id == organization_id, WebhookDelivery.object_id == object_id
    )
    return db.session.scalars(query.order_by(WebhookDelivery.seq).limit(50)).all()


def deliveries_to_list(organization_id: uuid.UUID, object_id: uuid.UUID) -> Select[WebhookDelivery]:
    """All messages about one object, the newest first."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.organization_id == organization_id, WebhookDelivery.object_id == object_id
    )
    return query.order_by(WebhookDelivery.seq.desc())
