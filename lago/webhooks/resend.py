"""Sending a message once more by hand (06 §4.5)."""

from lago.core import clock
from lago.core.errors import NotAllowed
from lago.core.outbox import enqueue
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import count_attempts


def resend(delivery: WebhookDelivery) -> None:
    """Has the message sent at once, whatever its retries. Raises NotAllowed for one that has arrived."""
    if delivery.status == "succeeded":
        raise NotAllowed("is_succeeded")
    delivery.status, delivery.touched_at = "retrying", clock.real_now()
    enqueue(
        "webhooks.deliver", organization_id=delivery.organization_id, delivery_id=delivery.id,
        number=count_attempts(delivery.id) + 1,
    )
