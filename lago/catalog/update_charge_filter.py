"""Changes of a charge's filter, by itself (02 §2.2)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.charge_filters import as_given, read_filters, stored_filters
from lago.catalog.inputs import ChargeFilterInput
from lago.catalog.metric_filters import lock_metric_filters, values_by_metric
from lago.catalog.models import Charge, ChargeFilter, Plan
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.outbox import announce

EDITABLE = ("invoice_display_name", "properties")


def update_charge_filter(plan: Plan, charge: Charge, charge_filter: ChargeFilter, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names of the filter's name and properties; its values stay as they are.

    `plan` is locked (`lock_plan`). Raises Invalid, or NotFound if the filter has just gone with its metric's.
    """
    before = before_cascade(plan, data)
    metric_id = charge.billable_metric_id
    lock_metric_filters([metric_id])
    stored = stored_filters([charge.id])[charge.id]
    if charge_filter not in stored:
        raise NotFound("charge_filter")
    sent = {name: value for name, value in ChargeFilterInput().read(data).items() if name in EDITABLE}
    (given,) = read_filters([as_given(charge_filter) | sent], charge, values_by_metric([metric_id])[metric_id])
    for name in sent:
        setattr(charge_filter, name, getattr(given, name))
    if db.session.is_modified(charge_filter):
        charge_filter.position = 1 + max(row.position for row in stored)  # by its last change
    db.session.flush()
    db.session.expire(charge, ["filters"])
    cascade(plan, before)
    announce("plan.updated", plan)
