"""What happened becomes one frozen message for each endpoint that wants to know (06 §4.2)."""

import logging
import uuid

import orjson
from sqlalchemy.dialects.postgresql import insert

from lago.core.db import db
from lago.core.outbox import enqueue
from lago.webhooks.catalog import MESSAGES, Message, Subject
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import interested_endpoints

log = logging.getLogger(__name__)


def dispatch(webhook_type: str, record_id: uuid.UUID, cause_id: uuid.UUID) -> None:
    """Renders the message about a record as it now is, and has it sent to each interested endpoint.

    Once for each cause and endpoint, however often it is called. Nothing is recorded where nobody is interested.
    """
    message = MESSAGES[webhook_type]
    record = db.session.get(message.model, record_id)
    if record is None:
        log.warning("the subject of a webhook is gone", extra={"webhook_type": webhook_type, "id": str(record_id)})
        return
    endpoint_ids = interested_endpoints(record.organization_id, webhook_type)
    if not endpoint_ids:
        return
    payload = render(webhook_type, message, record)
    for endpoint_id in endpoint_ids:
        delivery_id = _keep(endpoint_id, cause_id, webhook_type, message, record, payload)
        if delivery_id:
            enqueue("webhooks.deliver", organization_id=record.organization_id, delivery_id=delivery_id, number=1)


def render(webhook_type: str, message: Message, record: Subject) -> str:
    """The JSON text with its four keys."""
    envelope = {
        "webhook_type": webhook_type,
        "object_type": message.object_type,
        "organization_id": str(record.organization_id),
        message.object_type: message.show(record),
    }
    return orjson.dumps(envelope).decode()


def _keep(
    endpoint_id: uuid.UUID, cause_id: uuid.UUID, webhook_type: str, message: Message, record: Subject, payload: str
) -> uuid.UUID | None:
    """The id of a new delivery; None if this cause has one for the endpoint already."""
    statement = (
        insert(WebhookDelivery)
        .values(
            organization_id=record.organization_id, webhook_endpoint_id=endpoint_id, cause_id=cause_id,
            webhook_type=webhook_type, object_type=message.object_type, object_id=record.id, payload=payload,
        )
        .on_conflict_do_nothing(constraint="uq_webhook_deliveries_cause")
        .returning(WebhookDelivery.id)
    )
    return db.session.scalar(statement)
