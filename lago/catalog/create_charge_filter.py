"""A new filter of a charge, by itself (02 §2.6)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.charge_filters import identity, new_filter, read_filters, stored_filters
from lago.catalog.metric_filters import lock_metric_filters, values_by_metric
from lago.catalog.models import Charge, ChargeFilter, Plan
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.outbox import announce


def create_charge_filter(plan: Plan, charge: Charge, data: Mapping[str, Any]) -> ChargeFilter:
    """A filter of a charge of the plan, behind those that it has. `data` is the client's object.

    `plan` is locked (`lock_plan`). Raises Invalid, also if the charge has a filter of these values already: both
    would bill the same events.
    """
    before = before_cascade(plan, data)
    metric_id = charge.billable_metric_id
    lock_metric_filters([metric_id])
    (given,) = read_filters([data], charge, values_by_metric([metric_id])[metric_id])
    stored = stored_filters([charge.id])[charge.id]
    if any(identity(row.values) == identity(given.values) for row in stored):
        raise Invalid({"values": ["value_already_exists"]})
    row = new_filter(charge, given)
    row.position = 1 + max((other.position for other in stored), default=-1)
    db.session.add(row)
    db.session.flush()
    db.session.expire(charge, ["filters"])
    cascade(plan, before)
    announce("plan.updated", plan)
    return row
