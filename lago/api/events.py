"""`/events`: usage, as it is told to us and read back."""

from datetime import datetime
from typing import Any

from lago.api.kit import argument, body, current_organization, found, many, one, payload
from lago.api.routes import endpoint
from lago.core.errors import Forbidden, Invalid
from lago.core.fields import INVALID_DATE, parse_moment
from lago.invoicing.estimate_fees import estimate_fees
from lago.invoicing.fee_schema import TaxedFeeSchema
from lago.metering.in_advance.instant_fee_schema import InstantFeeSchema
from lago.metering.in_advance.instant_fees import instant_fees, instant_fees_of_event
from lago.metering.ingest import ingest_batch, ingest_event
from lago.metering.queries import EventFilters, event_by_transaction_id, list_events, service_started_at
from lago.metering.schemas import EventSchema


@endpoint("POST", "/events", permission="event")
def create_event() -> dict[str, Any]:
    return one("event", EventSchema(), ingest_event(current_organization().id, body("event")))


@endpoint("POST", "/events/batch", permission="event")
def create_events() -> dict[str, Any]:
    events = ingest_batch(current_organization().id, payload().get("events"))
    return {"events": EventSchema().dump(events, many=True)}


@endpoint("POST", "/events/estimate_fees", permission="event")
def estimate_event_fees() -> dict[str, Any]:
    return {"fees": TaxedFeeSchema().dump(estimate_fees(current_organization().id, body("event")), many=True)}


@endpoint("POST", "/events/estimate_instant_fees", permission="event")
def estimate_event_instantly() -> dict[str, Any]:
    fees = instant_fees_of_event(current_organization().id, body("event"))
    return {"fees": InstantFeeSchema().dump(fees, many=True)}


@endpoint("POST", "/events/batch_estimate_instant_fees", permission="event")
def estimate_events_instantly() -> dict[str, Any]:
    fees = instant_fees(current_organization().id, payload().get("events"))
    return {"fees": InstantFeeSchema().dump(fees, many=True)}


@endpoint("GET", "/events", permission="event")
def list_all_events() -> dict[str, Any]:
    return many("events", EventSchema(), list_events(current_organization().id, _filters()))


@endpoint("GET", "/events_enriched", permission="event")
def list_enriched_events() -> dict[str, Any]:
    raise Forbidden("endpoint_not_available")  # it needs a column store (01 §1.1)


@endpoint("GET", "/events/<segment:transaction_id>", permission="event")
def show_event(transaction_id: str) -> dict[str, Any]:
    event = event_by_transaction_id(current_organization().id, transaction_id)
    return one("event", EventSchema(), found(event, "event"))


def _filters() -> EventFilters:
    """The filters in the URL. Raises Invalid."""
    from_start = argument("timestamp_from_started_at") == "true"
    if from_start:
        _check_combination()
    subscription = argument("external_subscription_id")
    since = service_started_at(current_organization().id, subscription or "") if from_start else None
    moments = _moments("timestamp_from", "timestamp_to")
    return EventFilters(
        code=argument("code"),
        external_subscription_id=subscription,
        timestamp_from=since or moments["timestamp_from"],
        timestamp_to=moments["timestamp_to"],
    )


def _check_combination() -> None:
    errors = {}
    if argument("timestamp_from"):
        errors["timestamp_from"] = ["cannot be used with timestamp_from_started_at"]
    if not argument("external_subscription_id"):
        errors["external_subscription_id"] = ["required with timestamp_from_started_at"]
    if errors:
        raise Invalid(errors)


def _moments(*names: str) -> dict[str, datetime | None]:
    texts = {name: argument(name) for name in names}
    moments = {name: parse_moment(text) if text else None for name, text in texts.items()}
    errors = {name: [INVALID_DATE] for name, text in texts.items() if text and moments[name] is None}
    if errors:
        raise Invalid(errors)
    return moments
