"""What falls due of subscriptions and costs nothing, in the order of one moment (06 §7)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core.due import DueQuery, due_kind
from lago.subscriptions.alert_terminations import alert_terminations
from lago.subscriptions.models import Subscription


def _alerts() -> DueQuery:
    due = Subscription.termination_alert_due_at
    return select(Subscription.organization_id, Subscription.customer_id, due.label("due_at"))


@due_kind("subscriptions.alert_terminations", rank=90, query=_alerts)
def alert(customer_ids: Sequence[uuid.UUID]) -> None:
    alert_terminations(customer_ids)
