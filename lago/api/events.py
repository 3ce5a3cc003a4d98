"""`/events`: usage, as it is told to us and read back."""

from typing import Any

from lago.api.kit import body, current_organization, one, payload
from lago.api.routes import endpoint
from lago.metering.ingest import ingest_batch, ingest_event
from lago.metering.schemas import EventSchema


@endpoint("POST", "/events", permission="event")
def create_event() -> dict[str, Any]:
    return one("event", EventSchema(), ingest_event(current_organization().id, body("event")))


@endpoint("POST", "/events/batch", permission="event")
def create_events() -> dict[str, Any]:
    events = ingest_batch(current_organization().id, payload().get("events"))
    return {"events": EventSchema().dump(events, many=True)}
