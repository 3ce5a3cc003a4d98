"""What has to be known around events while these are taken in: one query for a whole request."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from lago.core.db import db
from lago.metering.metrics_of_events import METRICS, MetricOfEvents, MetricsByCode
from lago.metering.new_event import NewEvent


class KnownOfEvents(NamedTuple):
    """`watched`: the external ids of subscriptions that someone looks at whenever they have new events. `prepaying`:
    the customers of the active ones who have active wallets."""

    metrics: MetricsByCode
    watched: frozenset[str] = frozenset()
    prepaying: frozenset[uuid.UUID] = frozenset()


NAMED = "ARRAY(SELECT unnest(CAST(:subscriptions AS text[])))"
"""Not the array itself: PostgreSQL would plan the statement anew for each request, which takes longer than to run it,
because a plan for so many ids always looks better than one for any number."""

# Watched are subscriptions with an alert, and active ones to which usage thresholds apply: their own, or those of
# their plan, or of the plan that it was made from (03 §7.2). Whether there is a subscription for an alert, and which
# thresholds apply, is decided by who looks. The plan's parent is asked for one by one: a join reads all plans.
# A row has null in the last column unless it is a metric's, and the customer in the second one if he has wallets.
_QUERY = text(f"""
    {METRICS}
    UNION ALL
    SELECT external_subscription_id, NULL, NULL, NULL FROM alerts
    WHERE organization_id = :organization_id AND external_subscription_id = ANY({NAMED}) AND deleted_at IS NULL
    UNION ALL
    SELECT external_id, NULL, NULL, NULL FROM subscriptions
    WHERE organization_id = :organization_id AND external_id = ANY({NAMED})
        AND status = 'active' AND NOT progressive_billing_disabled
        AND (
            EXISTS (
                SELECT FROM subscription_usage_thresholds
                WHERE subscription_id = subscriptions.id AND deleted_at IS NULL
            )
            OR EXISTS (
                SELECT FROM usage_thresholds
                WHERE deleted_at IS NULL AND plan_id IN (
                    subscriptions.plan_id, (SELECT parent_id FROM plans WHERE id = subscriptions.plan_id)
                )
            )
        )
    UNION ALL
    SELECT NULL, customer_id::text, NULL, NULL FROM subscriptions
    WHERE organization_id = :organization_id AND external_id = ANY({NAMED}) AND status = 'active'
        AND EXISTS (SELECT FROM wallets WHERE customer_id = subscriptions.customer_id AND status = 'active')
""")


def known_of_events(organization_id: uuid.UUID, events: Iterable[NewEvent]) -> KnownOfEvents:
    """The metrics of the events, as `metrics_of_events` has them, and which of their subscriptions are watched, or
    paid from wallets."""
    events = list(events)
    codes = sorted({event.code for event in events if event.code})
    named = sorted({event.external_subscription_id for event in events if event.external_subscription_id})
    if not codes and not named:
        return KnownOfEvents({})
    arguments = {"organization_id": organization_id, "codes": codes, "subscriptions": named}
    return _known(db.session.execute(_QUERY, arguments))


def _known(rows: Iterable[Row[Any]]) -> KnownOfEvents:
    metrics, watched, prepaying = {}, set(), set()
    for name, second, field_name, billed_at_once in rows:
        if billed_at_once is not None:
            metrics[name] = MetricOfEvents(name, second, field_name, billed_at_once)
        elif second is not None:
            prepaying.add(uuid.UUID(second))
        else:
            watched.add(name)
    return KnownOfEvents(metrics, frozenset(watched), frozenset(prepaying))
