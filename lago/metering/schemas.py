"""Events as they are shown (01 §1.4)."""

from typing import Any

from marshmallow import Schema

from lago.core.fields import iso, iso_milliseconds, plain


class EventSchema(Schema):
    """The event object, of stored events and of those just taken in.

    Written out by hand: a batch of 100 goes through here, and marshmallow takes longer for it than the insert.
    """

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return [event_object(event) for event in obj] if many else event_object(obj)


def event_object(event: Any) -> dict[str, Any]:
    """`event` is an `Event` or a `NewEvent`. It is never bound to a subscription or customer (01 §1.8)."""
    return {
        "lago_id": str(event.id),
        "transaction_id": event.transaction_id,
        "lago_customer_id": None,
        "code": event.code,
        "timestamp": iso_milliseconds(event.timestamp),
        "precise_total_amount_cents": plain(event.precise_total_amount_cents),
        "properties": event.properties,
        "lago_subscription_id": None,
        "external_subscription_id": event.external_subscription_id,
        "created_at": iso(event.created_at),
    }
