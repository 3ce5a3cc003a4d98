"""Events that name a wallet which their customer does not have, told to the organization: webhook `event.error`.

They are stored and billed all the same (01 §1.7-4, 05 §1.17). Only events that name a wallet are looked at, all of a
request by one query, and only those that name a wrong one make work: one job for the request.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text

from lago.core.db import db
from lago.core.outbox import enqueue
from lago.metering.new_event import NewEvent
from lago.metering.property_text import property_text
from lago.metering.usage import TARGET_WALLET

# The subscription of an event is the first that was there at its moment, starts and ends cut to the millisecond; if
# there is none, and the metric is recurring, the active one (01 §1.7-1).
_WRONG = text("""
    SELECT sent.seq
    FROM json_to_recordset(:events) AS sent (
        seq bigint, external_subscription_id text, code text, timestamp timestamptz, target text
    )
    JOIN billable_metrics AS metric ON metric.organization_id = :organization_id AND metric.code = sent.code
        AND metric.deleted_at IS NULL
    CROSS JOIN LATERAL (
        SELECT plan_id, customer_id FROM subscriptions, LATERAL (SELECT
            date_trunc('milliseconds', started_at) <= sent.timestamp
            AND (date_trunc('milliseconds', terminated_at) >= sent.timestamp) IS NOT FALSE
        ) AS at_the_moment (is_there)
        WHERE organization_id = :organization_id AND external_id = sent.external_subscription_id
            AND status <> 'incomplete' AND (is_there OR metric.recurring AND status = 'active')
        ORDER BY is_there DESC NULLS LAST, terminated_at DESC NULLS FIRST, started_at DESC, seq DESC LIMIT 1
    ) AS subscription
    WHERE EXISTS (
            SELECT FROM charges
            WHERE billable_metric_id = metric.id AND plan_id = subscription.plan_id AND accepts_target_wallet
                AND deleted_at IS NULL
        )
        AND NOT EXISTS (
            SELECT FROM wallets
            WHERE customer_id = subscription.customer_id AND code = sent.target AND status = 'active'
        )
        AND EXISTS (SELECT FROM webhook_endpoints WHERE webhook_endpoints.organization_id = :organization_id)
    ORDER BY sent.seq
""")


def tell_missing_wallets(organization_id: uuid.UUID, stored: Mapping[int, NewEvent]) -> None:
    """Has the webhook endpoints told, after the commit, of those events, by their numbers, that name a wallet which
    the customer does not have now, on a metric of whose charges one accepts target wallets."""
    sent = [_shape(seq, event, target) for seq, event in stored.items() if (target := _target(event.properties))]
    if not sent:
        return
    arguments = {"organization_id": organization_id, "events": orjson.dumps(sent).decode()}
    if wrong := list(db.session.scalars(_WRONG, arguments)):
        enqueue(
            "webhooks.tell_missing_wallets", organization_id=organization_id, owner_id=organization_id, events=wrong
        )


def _target(properties: Mapping[str, Any]) -> str | None:
    """The code of the wallet that an event names, as groups have it (01 §3.11); None if it is blank."""
    named = property_text(properties.get(TARGET_WALLET))
    return named if named and named.strip() else None


def _shape(seq: int, event: NewEvent, target: str) -> dict[str, int | str | datetime | None]:
    return {
        "seq": seq, "external_subscription_id": event.external_subscription_id, "code": event.code,
        "timestamp": event.timestamp, "target": target,
    }
