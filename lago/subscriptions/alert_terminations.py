"""The alert that a subscription is going to end (03 §6.2)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule


def alert_terminations(customer_ids: Sequence[uuid.UUID]) -> None:
    """Tells of the customers' subscriptions whose end lies as many days ahead as the settings say."""
    query = select(Subscription).where(
        Subscription.customer_id.in_(customer_ids),
        Subscription.status == "active",
        Subscription.termination_alert_due_at <= clock.now(),
    )
    for subscription in db.session.scalars(query.order_by(Subscription.seq)).all():
        subscription.termination_alerted_on = clock.now().date()
        schedule(subscription)
        announce("subscription.termination_alert", subscription)
