"""What happened becomes one frozen message for each endpoint that wants to know (06 §4.2), and a line of the activity
log (06 §6)."""

import logging
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from lago.audit.note_activity import Occasion, note_activity
from lago.core.db import db
from lago.core.outbox import enqueue
from lago.invoicing.models import Invoice
from lago.webhooks.about import about
from lago.webhooks.activities import ACTIVITIES
from lago.webhooks.catalog import MESSAGES, Message, Subject
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import interested_endpoints

log = logging.getLogger(__name__)

Shown = Callable[[Callable[[Any], Any]], Any]
"""What a function shows of the record; each function is asked once."""

_PARTS = {
    Invoice: tuple(map(selectinload, (Invoice.fees, Invoice.invoice_subscriptions, Invoice.credits,
                                      Invoice.custom_sections)))
}
"""What is read for several rows at once."""


@dataclass(frozen=True)
class Announcement:
    """That `name` happened to the record of that id."""

    name: str
    record_id: uuid.UUID
    occasion: Occasion

    @property
    def key(self) -> tuple[type[Any], uuid.UUID]:
        return (MESSAGES.get(self.name) or ACTIVITIES[self.name]).model, self.record_id


def dispatch(announcements: Sequence[Announcement]) -> None:
    """Renders each record as it now is, has it sent to each interested endpoint, and writes it into the activity log.

    Once for each cause and endpoint, and once for each cause, however often it is called. What is for the log alone is
    not sent to anybody, and of messages nothing is recorded where nobody is interested.
    """
    records = _read({one.key for one in announcements})
    interested = cache(interested_endpoints)
    for one in announcements:
        if (record := records.get(one.key)) is None:
            log.warning(
                "the subject of a webhook is gone", extra={"webhook_type": one.name, "id": str(one.record_id)}
            )
            continue
        _dispatch(one, record, interested)


def _read(keys: Collection[tuple[type[Any], uuid.UUID]]) -> dict[tuple[type[Any], uuid.UUID], Any]:
    """The records, in a few queries for each model."""
    found: dict[tuple[type[Any], uuid.UUID], Any] = {}
    for model in {model for model, _ in keys}:
        ids = [record_id for of, record_id in keys if of is model]
        query = select(model).where(model.id.in_(ids)).options(*(_PARTS.get(model, ()) if len(ids) > 1 else ()))
        found |= {(model, record.id): record for record in db.session.scalars(query).unique()}
    return found


def _dispatch(one: Announcement, record: Any, interested: Callable[[uuid.UUID, str], Sequence[uuid.UUID]]) -> None:
    message, activity = MESSAGES.get(one.name), ACTIVITIES.get(one.name)
    shown: Shown = cache(lambda show: show(record))
    endpoint_ids = interested(record.organization_id, one.name) if message else ()
    if message and endpoint_ids:
        payload = render(one.name, message, record, shown(message.show))
        for endpoint_id in endpoint_ids:
            _tell(endpoint_id, one, message, record, payload)
    if activity:
        note_activity(activity.activity_type, one.occasion, about(record), shown(activity.show))


def render(webhook_type: str, message: Message, record: Subject, shown: Any) -> str:
    """The JSON text with its four keys; `shown`: the object."""
    envelope = {
        "webhook_type": webhook_type,
        "object_type": message.object_type,
        "organization_id": str(record.organization_id),
        message.object_type: shown,
    }
    return orjson.dumps(envelope).decode()


def _tell(endpoint_id: uuid.UUID, one: Announcement, message: Message, record: Subject, payload: str) -> None:
    """Has it sent, unless this cause has been told to the endpoint already."""
    statement = (
        insert(WebhookDelivery)
        .values(
            organization_id=record.organization_id, webhook_endpoint_id=endpoint_id, cause_id=one.occasion.cause_id,
            webhook_type=one.name, object_type=message.object_type, object_id=record.id, payload=payload,
        )
        .on_conflict_do_nothing(constraint="uq_webhook_deliveries_cause")
        .returning(WebhookDelivery.id)
    )
    if delivery_id := db.session.scalar(statement):
        enqueue("webhooks.deliver", organization_id=record.organization_id, delivery_id=delivery_id, number=1)
