"""Messages are kept for 90 days after the last time anything happened to them (06 §4.5)."""

from datetime import timedelta

from sqlalchemy import delete

from lago.core import clock
from lago.core.db import db
from lago.webhooks.models import WebhookDelivery

KEPT_FOR = timedelta(days=90)


def forget_old() -> None:
    """Deletes older messages of all organizations, with their attempts. Real time counts, in sandboxes too."""
    db.session.execute(delete(WebhookDelivery).where(WebhookDelivery.touched_at < clock.real_now() - KEPT_FOR))
