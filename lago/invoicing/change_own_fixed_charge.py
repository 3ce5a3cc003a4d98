"""Other terms of a fixed charge for one subscription alone (02 §8.1, 03 §2.5)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import FixedCharge, Plan
from lago.catalog.override_fixed_charges import completed_row
from lago.catalog.queries import fixed_charge_by_code, keep_plan
from lago.catalog.units_only import read_wanted_units
from lago.core.errors import NotFound
from lago.core.outbox import announce
from lago.invoicing.change_fixed_charge_units import change_fixed_charge_units
from lago.invoicing.own_plan import hold_subscription, own_plan
from lago.invoicing.update_plan import update_fixed_charge
from lago.subscriptions.models import Subscription

_OF_A_PLAN = ("charge_model", "properties", "invoice_display_name", "tax_codes")
"""What of a fixed charge one subscription can have of its own only on a plan of its own."""


def change_own_fixed_charge(subscription: Subscription, code: str, data: Mapping[str, Any]) -> FixedCharge:
    """Changes what the client's object names of a fixed charge. Units alone become the subscription's own; anything
    else is changed on its own plan, which is made if need be.

    Raises NotFound for an unknown fixed charge or tax, Invalid, or Forbidden for another charge model.
    """
    hold_subscription(subscription)
    plan, fixed_charge = subscription.plan, _fixed_charge(subscription.plan, code)
    overrides = {"fixed_charges": [{**data, "id": str(fixed_charge.id)}]}
    if plan.parent_id is None and not any(name in data for name in _OF_A_PLAN):
        keep_plan(plan)
        change_fixed_charge_units(subscription, read_wanted_units(plan, overrides))
        return fixed_charge
    if plan.parent_id is None:
        own_plan(subscription, overrides)
    else:
        _change_own(own_plan(subscription), code, data)
    announce("subscription.updated", subscription)
    return _fixed_charge(subscription.plan, code)


def _change_own(plan: Plan, code: str, data: Mapping[str, Any]) -> None:
    fixed_charge = _fixed_charge(plan, code)
    update_fixed_charge(plan, fixed_charge, completed_row(fixed_charge, data))


def _fixed_charge(plan: Plan, code: str) -> FixedCharge:
    """The fixed charge of that code; copies have the codes of what they were copied from. Raises NotFound."""
    found = fixed_charge_by_code(plan, code)
    if found is None:
        raise NotFound("fixed_charge")
    return found
