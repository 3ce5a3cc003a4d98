"""Events as clients send them."""

import uuid
from typing import Any


def sent_event(**fields: Any) -> dict[str, Any]:
    """The body of one event of the metric `calls` for the subscription `acme`, with a transaction id of its own."""
    return {"transaction_id": uuid.uuid4().hex, "external_subscription_id": "acme", "code": "calls", **fields}


def event_body(**fields: Any) -> dict[str, Any]:
    """The same under its root."""
    return {"event": sent_event(**fields)}


def batch_body(*events: dict[str, Any]) -> dict[str, Any]:
    """Events with the given fields, in one request; their transaction ids are t0, t1…, unless given."""
    return {"events": [sent_event(**{"transaction_id": f"t{n}", **fields}) for n, fields in enumerate(events)]}
