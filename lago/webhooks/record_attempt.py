"""What became of an attempt, and when the next one is (06 §4.5)."""

import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

from lago.core import clock, config
from lago.core.db import db
from lago.core.outbox import enqueue
from lago.webhooks.models import WebhookAttempt, WebhookDelivery
from lago.webhooks.queries import attempt_exists

SUCCESSES = (200, 201, 202, 204)


@dataclass(frozen=True)
class Outcome:
    """What a receiver answered: `http_status` and the beginning of the body; without a status `text` is the error."""

    http_status: int | None
    text: str
    duration_ms: int

    @property
    def succeeded(self) -> bool:
        return self.http_status in SUCCESSES


def record_attempt(delivery_id: uuid.UUID, number: int, outcome: Outcome) -> None:
    """Notes how attempt `number` (from 1) ended and, if it failed and attempts are left, asks for the next one.

    An attempt that is noted already changes nothing, nor does one of a message that was deleted meanwhile.
    """
    delivery = db.session.get(
        WebhookDelivery, delivery_id, with_for_update={"of": WebhookDelivery}, populate_existing=True
    )
    if delivery is None or attempt_exists(delivery_id, number):
        return
    again = not outcome.succeeded and number < config.settings().webhook_attempts
    delivery.status = "succeeded" if outcome.succeeded else "retrying" if again else "failed"
    delivery.http_status, delivery.response = outcome.http_status, outcome.text
    delivery.retries, delivery.touched_at = number - 1, clock.real_now()
    if number > 1:
        delivery.last_retried_at = delivery.touched_at
    db.session.add(_entry(delivery, number, outcome))
    if again:
        arguments = {"delivery_id": delivery_id, "number": number + 1}
        enqueue(
            "webhooks.deliver", organization_id=delivery.organization_id, delay=wait_before_retry(number), **arguments
        )


def wait_before_retry(number: int) -> timedelta:
    """The wait before retry `number` (from 1): its fourth power in seconds, up to 15 % more, and two seconds."""
    seconds = number**4
    return timedelta(seconds=seconds + random.uniform(0, 0.15 * seconds) + 2)


def _entry(delivery: WebhookDelivery, number: int, outcome: Outcome) -> WebhookAttempt:
    return WebhookAttempt(
        organization_id=delivery.organization_id, webhook_delivery_id=delivery.id, number=number,
        at=clock.real_now(), http_status=outcome.http_status, duration_ms=outcome.duration_ms,
        error=None if outcome.http_status else outcome.text,
    )
