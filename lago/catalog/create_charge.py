"""A new charge of a plan, by itself (02 §2.2)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.cascade import before_cascade, cascade
from lago.catalog.inputs import ChargeInput
from lago.catalog.models import BillableMetric, Charge, Plan
from lago.catalog.queries import billable_metrics_by_id, lock_plan
from lago.catalog.write_charges import add_charge
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.fields import MANDATORY
from lago.core.ids import as_uuid
from lago.core.outbox import announce


def create_charge(plan: Plan, data: Mapping[str, Any]) -> Charge:
    """A charge of the plan, whether or not it has subscriptions. `data` is the client's object, which may ask for
    `cascade_updates`, as those of all changes of charges and filters.

    Raises NotFound for an unknown metric or tax, Invalid for bad values or a code that is missing or taken.
    """
    lock_plan(plan)
    before = before_cascade(plan, data)
    metric = metric_of(plan, data)
    if ChargeInput().read({"code": data.get("code")}).get("code") is None:
        raise Invalid({"code": [MANDATORY]})
    charge = add_charge(plan, data, {metric.id: metric})
    db.session.expire(plan, ["charges"])
    cascade(plan, before)
    announce("plan.updated", plan)
    return charge


def metric_of(plan: Plan, data: Mapping[str, Any]) -> BillableMetric:
    """The metric that a charge is to count. Raises NotFound if it is missing or unknown."""
    identifier = as_uuid(data.get("billable_metric_id"))
    found = billable_metrics_by_id(plan.organization_id, [identifier] if identifier else [])
    if identifier not in found:
        raise NotFound("billable_metric")
    return found[identifier]
