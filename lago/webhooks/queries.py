"""Reads of webhook endpoints and of what was sent to them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select

from lago.core.db import db
from lago.webhooks.models import WebhookAttempt, WebhookEndpoint


def endpoints_by_url(organization_id: uuid.UUID) -> Select[WebhookEndpoint]:
    """The organization's endpoints in the order of lists: by URL."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == organization_id)
    return query.order_by(WebhookEndpoint.webhook_url, WebhookEndpoint.seq)


def find_endpoint(organization_id: uuid.UUID, endpoint_id: uuid.UUID | None) -> WebhookEndpoint | None:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.organization_id == organization_id, WebhookEndpoint.id == endpoint_id
    )
    return db.session.scalar(query)


def endpoint_by_url(organization_id: uuid.UUID, url: str) -> WebhookEndpoint | None:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.organization_id == organization_id, WebhookEndpoint.webhook_url == url
    )
    return db.session.scalar(query)


def first_endpoint(organization_id: uuid.UUID) -> WebhookEndpoint | None:
    """The oldest endpoint."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == organization_id)
    return db.session.scalar(query.order_by(WebhookEndpoint.seq).limit(1))


def count_endpoints(organization_id: uuid.UUID) -> int:
    query = select(func.count()).where(WebhookEndpoint.organization_id == organization_id)
    return db.session.scalar(query) or 0


def urls_of(organization_id: uuid.UUID) -> Sequence[str]:
    """The addresses of the organization's endpoints, the oldest first."""
    query = select(WebhookEndpoint.webhook_url).where(WebhookEndpoint.organization_id == organization_id)
    return db.session.scalars(query.order_by(WebhookEndpoint.seq)).all()


def interested_endpoints(organization_id: uuid.UUID, webhook_type: str) -> Sequence[uuid.UUID]:
    """The ids of the endpoints that chose this type or everything."""
    wanted = or_(WebhookEndpoint.event_types.is_(None), WebhookEndpoint.event_types.contains([webhook_type]))
    query = select(WebhookEndpoint.id).where(WebhookEndpoint.organization_id == organization_id, wanted)
    return db.session.scalars(query.order_by(WebhookEndpoint.seq)).all()


def attempts_of(delivery_id: uuid.UUID) -> Sequence[WebhookAttempt]:
    """Each try to send a message, the first one first."""
    query = select(WebhookAttempt).where(WebhookAttempt.webhook_delivery_id == delivery_id)
    return db.session.scalars(query.order_by(WebhookAttempt.number)).all()


def attempt_exists(delivery_id: uuid.UUID, number: int) -> bool:
    """Whether the outcome of that attempt is noted."""
    query = select(WebhookAttempt.id).where(
        WebhookAttempt.webhook_delivery_id == delivery_id, WebhookAttempt.number == number
    )
    return db.session.scalar(query) is not None


def count_attempts(delivery_id: uuid.UUID) -> int:
    query = select(func.count()).where(WebhookAttempt.webhook_delivery_id == delivery_id)
    return db.session.scalar(query) or 0
