"""Changes of a charge, by itself (02 §2.2-4)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.create_charge import metric_of
from lago.catalog.models import Charge, Plan
from lago.catalog.queries import has_had_subscriptions
from lago.catalog.write_charges import change_charge
from lago.core.outbox import announce


def update_charge(plan: Plan, charge: Charge, data: Mapping[str, Any]) -> None:
    """Changes a charge of the plan as the client's object says; what subscriptions have fixed is ignored.

    `plan` is locked (`lock_plan`). Raises Invalid, or NotFound for an unknown metric or tax.
    """
    before = before_cascade(plan, data)
    fixed = has_had_subscriptions(plan)
    names_a_metric = not fixed and data.get("billable_metric_id") is not None
    metric = metric_of(plan, data) if names_a_metric else charge.billable_metric
    change_charge(plan, charge, data, {metric.id: metric}, terms_are_fixed=fixed)
    cascade(plan, before)
    announce("plan.updated", plan)
