"""What happened becomes one frozen message for each endpoint that wants to know (06 §4.2), and a line of the activity
log (06 §6)."""

import logging
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import insert

from lago.audit.note_activity import Occasion, note_activity
from lago.core.db import db
from lago.core.outbox import enqueue
from lago.webhooks.about import about
from lago.webhooks.activities import ACTIVITIES
from lago.webhooks.catalog import MESSAGES, Message, Subject
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import interested_endpoints

log = logging.getLogger(__name__)

Shown = Callable[[Callable[[Any], Any]], Any]
"""What a function shows of the record; each function is asked once."""


def dispatch(announced: str, record_id: uuid.UUID, occasion: Occasion) -> None:
    """Renders the record as it now is, has it sent to each interested endpoint, and writes it into the activity log.

    Once for each cause and endpoint, and once for each cause, however often it is called. What is for the log alone is
    not sent to anybody, and of messages nothing is recorded where nobody is interested.
    """
    message, activity = MESSAGES.get(announced), ACTIVITIES.get(announced)
    record = db.session.get((message or ACTIVITIES[announced]).model, record_id)
    if record is None:
        log.warning("the subject of a webhook is gone", extra={"webhook_type": announced, "id": str(record_id)})
        return
    shown: Shown = cache(lambda show: show(record))
    if message:
        _tell(announced, message, record, occasion.cause_id, shown)
    if activity:
        note_activity(activity.activity_type, occasion, about(record), shown(activity.show))


def render(webhook_type: str, message: Message, record: Subject, shown: Any) -> str:
    """The JSON text with its four keys; `shown`: the object."""
    envelope = {
        "webhook_type": webhook_type,
        "object_type": message.object_type,
        "organization_id": str(record.organization_id),
        message.object_type: shown,
    }
    return orjson.dumps(envelope).decode()


def _tell(webhook_type: str, message: Message, record: Subject, cause_id: uuid.UUID, shown: Shown) -> None:
    endpoint_ids = interested_endpoints(record.organization_id, webhook_type)
    if not endpoint_ids:
        return
    payload = render(webhook_type, message, record, shown(message.show))
    for endpoint_id in endpoint_ids:
        delivery_id = _keep(endpoint_id, cause_id, webhook_type, message, record, payload)
        if delivery_id:
            enqueue("webhooks.deliver", organization_id=record.organization_id, delivery_id=delivery_id, number=1)


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
