"""What is known of a subscription's usage by charge, when it gets other charges in the place of those (03 §1.5)."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text

from lago.catalog.counterparts import Bucket
from lago.core.db import db
from lago.subscriptions.models import Subscription

_PAIRS = """
    json_to_recordset(:pairs) AS pair (charge uuid, filter uuid, new_charge uuid, new_filter uuid)
"""

_IS_ITS = """
    kept.organization_id = :organization_id AND kept.external_subscription_id = :external_id
        AND kept.charge_id = pair.charge AND kept.charge_filter_id IS NOT DISTINCT FROM pair.filter
"""

_MOVE_STATES = text(f"""
    UPDATE cached_aggregations AS kept SET charge_id = pair.new_charge, charge_filter_id = pair.new_filter
    FROM {_PAIRS} WHERE {_IS_ITS} AND kept.timestamp >= :since
""")

_COPY_LEVELS = text(f"""
    INSERT INTO carried_levels (
        id, organization_id, external_subscription_id, charge_id, charge_filter_id, grouped_by, timestamp, level,
        created_at, updated_at
    )
    SELECT gen_random_uuid(), organization_id, external_subscription_id, pair.new_charge, pair.new_filter, grouped_by,
        timestamp, level, created_at, updated_at
    FROM carried_levels AS kept JOIN {_PAIRS} ON {_IS_ITS}
    ORDER BY kept.seq
""")


def follow_charges(subscription: Subscription, pairs: Sequence[tuple[Bucket, Bucket]]) -> None:
    """Has what events in advance have billed, and the levels that periods ended with, count for the second of each
    pair of buckets. Without it units that are paid for would be billed again, and levels begin at nothing.

    The subscription has started. Levels stay with the first too: others of this external id may have had it before.
    """
    if not pairs or subscription.started_at is None:
        return
    owner = {"organization_id": subscription.organization_id, "external_id": subscription.external_id}
    values: dict[str, Any] = {**owner, "pairs": orjson.dumps([_row(*pair) for pair in pairs]).decode()}
    db.session.execute(_MOVE_STATES, {**values, "since": subscription.started_at.replace(microsecond=0)})
    db.session.execute(_COPY_LEVELS, values)


def _row(one: Bucket, other: Bucket) -> dict[str, Any]:
    return {
        "charge": one.charge_id, "filter": one.charge_filter_id,
        "new_charge": other.charge_id, "new_filter": other.charge_filter_id,
    }
