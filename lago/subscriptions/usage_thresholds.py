"""The usage thresholds that apply to subscriptions: their own, else those of their plans (03 §7.2)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from lago.catalog.models import UsageThreshold
from lago.catalog.usage_threshold_inputs import read_usage_thresholds
from lago.catalog.write_usage_thresholds import drop_usage_thresholds
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.subscriptions.models import Subscription, SubscriptionUsageThreshold

Threshold = UsageThreshold | SubscriptionUsageThreshold


def write_own_thresholds(subscription: Subscription, rows: Any) -> None:
    """Puts the thresholds of `rows`, the client's list, in place of all that the subscription has of its own.

    No list changes nothing; from an empty one on those of its plan apply again. Others end those of the plan that was
    made for this subscription alone. Raises Invalid.
    """
    values = read_usage_thresholds(rows)
    if values is None:
        return
    db.session.flush()
    rows_of = SubscriptionUsageThreshold
    kept = (rows_of.subscription_id == subscription.id, rows_of.deleted_at.is_(None))
    now = clock.now()
    db.session.execute(update(rows_of).where(*kept).values(deleted_at=now, updated_at=now))
    owner = {"organization_id": subscription.organization_id, "subscription_id": subscription.id}
    db.session.add_all([rows_of(**owner, **one) for one in values])
    db.session.flush()
    if values and subscription.plan.parent_id:
        drop_usage_thresholds(subscription.plan)


def check_thresholds_are_given_once(data: Mapping[str, Any]) -> None:
    """Raises Invalid if a client's subscription names thresholds for itself and for a plan of its own (03 §2.1-5)."""
    overrides = data.get("plan_overrides")
    if data.get("usage_thresholds") and isinstance(overrides, Mapping) and overrides.get("usage_thresholds"):
        names = ("usage_thresholds", "plan_overrides.usage_thresholds")
        raise Invalid({name: ["incompatible_params"] for name in names})


def applicable_thresholds(subscription: Subscription) -> Sequence[Threshold]:
    """The thresholds that apply to the subscription, the oldest first: its own, else those of the plan that was made
    for it, else those of the plan that clients know. None if progressive billing is off."""
    return applicable_thresholds_of([subscription])[subscription.id]


def applicable_thresholds_of(subscriptions: Collection[Subscription]) -> dict[uuid.UUID, Sequence[Threshold]]:
    """The same for several, by their ids, in two queries."""
    billed = [one for one in subscriptions if not one.progressive_billing_disabled]
    own = _own({one.id for one in billed})
    plans = [one.plan for one in billed if one.id not in own]
    of_plans = _of_plans({key for plan in plans for key in (plan.id, plan.parent_id) if key})
    found: dict[uuid.UUID, Sequence[Threshold]] = {one.id: () for one in subscriptions}
    for one in billed:
        parent_id = one.plan.parent_id
        found[one.id] = own.get(one.id) or of_plans.get(one.plan.id) or (parent_id and of_plans.get(parent_id)) or ()
    return found


def _own(subscription_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Threshold]]:
    rows = SubscriptionUsageThreshold
    query = select(rows).where(rows.subscription_id.in_(subscription_ids), rows.deleted_at.is_(None))
    found: dict[uuid.UUID, list[Threshold]] = {}
    for row in db.session.scalars(query.order_by(rows.seq)) if subscription_ids else ():
        found.setdefault(row.subscription_id, []).append(row)
    return found


def _of_plans(plan_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Threshold]]:
    query = select(UsageThreshold).where(UsageThreshold.plan_id.in_(plan_ids), UsageThreshold.deleted_at.is_(None))
    found: dict[uuid.UUID, list[Threshold]] = {}
    for row in db.session.scalars(query.order_by(UsageThreshold.seq)) if plan_ids else ():
        found.setdefault(row.plan_id, []).append(row)
    return found
