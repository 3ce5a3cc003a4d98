"""The webhook `event.error`: an event names a wallet that its customer does not have (01 §1.9, 05 §1.17)."""

import uuid
from collections.abc import Collection, Iterator
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lago.core.db import db
from lago.core.outbox import enqueue
from lago.metering.models import Event
from lago.metering.schemas import event_object
from lago.webhooks.catalog import Message
from lago.webhooks.dispatch import render
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import interested_endpoints

EVENT_ERROR = "event.error"

_DETAILS = orjson.dumps({"target_wallet_code": ["target_wallet_code_not_found"]}).decode()


def tell_missing_wallets(organization_id: uuid.UUID, event_seqs: Collection[int]) -> None:
    """Sends a message about each of the organization's events of these numbers to each interested endpoint; once,
    however often it is called. All of them are kept by one statement."""
    endpoint_ids = interested_endpoints(organization_id, EVENT_ERROR)
    query = select(Event).where(Event.organization_id == organization_id, Event.seq.in_(event_seqs))
    events = db.session.scalars(query.order_by(Event.seq)).all() if endpoint_ids else ()
    rows = [row for event in events for row in _deliveries(event, endpoint_ids)]
    if not rows:
        return
    statement = insert(WebhookDelivery).values(rows).on_conflict_do_nothing(constraint="uq_webhook_deliveries_cause")
    for delivery_id in db.session.scalars(statement.returning(WebhookDelivery.id)).all():
        enqueue("webhooks.deliver", organization_id=organization_id, delivery_id=delivery_id, number=1)


def _deliveries(event: Event, endpoint_ids: Collection[uuid.UUID]) -> Iterator[dict[str, Any]]:
    payload = render(EVENT_ERROR, _MESSAGE, event, _error(event))
    for endpoint_id in endpoint_ids:
        yield {
            "organization_id": event.organization_id, "webhook_endpoint_id": endpoint_id, "cause_id": event.id,
            "webhook_type": EVENT_ERROR, "object_type": _MESSAGE.object_type, "object_id": event.id,
            "payload": payload,
        }


def _error(event: Event) -> dict[str, Any]:
    """The details are JSON text (01 §1.9)."""
    return {"status": 422, "error": "Unprocessable entity", "message": _DETAILS, "event": event_object(event)}


_MESSAGE = Message("event_error", Event, _error)
