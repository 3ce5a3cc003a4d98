"""The usage thresholds of a plan as a client gives them (03 §1.3-8, §7.2)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from lago.catalog.models import Plan, UsageThreshold
from lago.catalog.usage_threshold_inputs import read_usage_thresholds
from lago.core import clock
from lago.core.changes import note
from lago.core.db import db
from lago.core.outbox import enqueue


def write_usage_thresholds(plan: Plan, rows: Any) -> None:
    """Puts the thresholds of `rows`, the client's list, in place of all that the plan has; no list changes nothing.

    The plan's subscriptions are looked at anew afterwards, if there are thresholds. Raises Invalid.
    """
    values = read_usage_thresholds(rows)
    if values is None:
        return
    before = _shown(plan.usage_thresholds)
    drop_usage_thresholds(plan)
    new = [UsageThreshold(organization_id=plan.organization_id, plan_id=plan.id, **one) for one in values]
    db.session.add_all(new)
    db.session.flush()
    note(plan, "usage_thresholds", before, _shown(new))
    db.session.expire(plan, ["usage_thresholds"])
    if new:
        enqueue("metering.watch_plan", organization_id=plan.organization_id, plan_id=plan.id)


def _shown(thresholds: Sequence[UsageThreshold]) -> list[dict[str, Any]]:
    """For the log of what changed."""
    names = ("amount_cents", "threshold_display_name", "recurring")
    return [{name: getattr(one, name) for name in names} for one in thresholds]


def drop_usage_thresholds(plan: Plan) -> None:
    """Takes all thresholds of its own from the plan."""
    db.session.flush()
    kept = (UsageThreshold.plan_id == plan.id, UsageThreshold.deleted_at.is_(None))
    now = clock.now()
    db.session.execute(update(UsageThreshold).where(*kept).values(deleted_at=now, updated_at=now))
    db.session.expire(plan, ["usage_thresholds"])
