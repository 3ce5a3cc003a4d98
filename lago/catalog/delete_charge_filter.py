"""The end of a charge's filter."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.metric_filters import lock_metric_filters
from lago.catalog.models import Charge, ChargeFilter, Plan
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_charge_filter(plan: Plan, charge: Charge, charge_filter: ChargeFilter, data: Mapping[str, Any]) -> None:
    """Deletes a filter of a charge of the plan: its events are priced by what else of the charge matches them.

    `plan` is locked (`lock_plan`). `data`: the client's object, if it sent one.
    """
    before = before_cascade(plan, data)
    lock_metric_filters([charge.billable_metric_id])
    charge_filter.deleted_at = clock.now()
    db.session.flush()
    db.session.expire(charge, ["filters"])
    cascade(plan, before)
    announce("plan.updated", plan)
