"""What is wanted of the fees of drafts, when their subscription gets other charges in the place of its own (02 §11)."""

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text

from lago.catalog.counterparts import Bucket
from lago.core.db import db
from lago.subscriptions.models import Subscription

_MOVE = text("""
    UPDATE adjusted_fees AS wanted
    SET charge_id = pair.new_charge, charge_filter_id = pair.new_filter, fixed_charge_id = pair.new_fixed
    FROM json_to_recordset(:pairs) AS pair (
        charge uuid, filter uuid, fixed uuid, new_charge uuid, new_filter uuid, new_fixed uuid
    )
    WHERE wanted.subscription_id = :subscription_id AND wanted.charge_id IS NOT DISTINCT FROM pair.charge
        AND wanted.charge_filter_id IS NOT DISTINCT FROM pair.filter
        AND wanted.fixed_charge_id IS NOT DISTINCT FROM pair.fixed
""")


def follow_charges(
    subscription: Subscription, buckets: Sequence[tuple[Bucket, Bucket]],
    fixed_charges: Sequence[tuple[uuid.UUID, uuid.UUID]],
) -> None:
    """Has the adjustments of the subscription's fees hold for the second of each pair: its drafts will have fees of
    that instead."""
    rows: list[dict[str, Any]] = [
        {
            "charge": one.charge_id, "filter": one.charge_filter_id,
            "new_charge": other.charge_id, "new_filter": other.charge_filter_id,
        }
        for one, other in buckets
    ]
    rows += [{"fixed": one, "new_fixed": other} for one, other in fixed_charges]
    if rows:
        pairs = orjson.dumps(rows).decode()
        db.session.execute(_MOVE, {"subscription_id": subscription.id, "pairs": pairs})
