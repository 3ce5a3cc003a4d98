"""Terms for one subscription alone: `plan_overrides` of `PUT /subscriptions/:external_id` (03 §2.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lago.catalog.models import Plan
from lago.catalog.override_fixed_charges import completed_row
from lago.catalog.queries import keep_plan
from lago.catalog.units_only import is_units_only, read_wanted_units
from lago.catalog.write_fixed_charges import given_fixed_charges
from lago.core.errors import NotAllowed, NotFound
from lago.core.ids import as_uuid
from lago.invoicing.change_fixed_charge_units import change_fixed_charge_units
from lago.invoicing.give_own_plan import give_own_plan
from lago.invoicing.update_plan import update_plan
from lago.subscriptions.models import Subscription

Row = Mapping[str, Any]

OVERRIDABLE = (
    "name", "invoice_display_name", "description", "amount_cents", "tax_codes", "charges", "minimum_commitment",
    "usage_thresholds",
)
"""What of its own plan a subscription's overrides change; currency and trial stay as the plan was made."""


def override_subscription(subscription: Subscription, overrides: Any) -> None:
    """Does what the client's object asks for a subscription whose customer is locked; nothing given changes nothing.

    Units alone become its own; else it gets a plan of its own, or if it has one that is changed: there the ids are
    those of that plan, and charges that are not named are deleted. Raises Invalid, Forbidden, NotFound, or NotAllowed
    if the subscription has ended.
    """
    if not isinstance(overrides, Mapping) or not overrides:
        return
    if subscription.status not in ("active", "pending"):
        raise NotAllowed("plan_overrides_not_editable")
    if subscription.plan.parent_id is not None:
        update_plan(subscription.plan, _of_own_plan(subscription.plan, overrides))
    elif is_units_only(subscription.plan, overrides):
        keep_plan(subscription.plan)
        change_fixed_charge_units(subscription, read_wanted_units(subscription.plan, overrides))
    else:
        give_own_plan(subscription, overrides)


def _of_own_plan(plan: Plan, overrides: Row) -> dict[str, Any]:
    """The overrides as a change of the plan; fixed charges that are not named stay as they are."""
    data = {name: overrides[name] for name in OVERRIDABLE if name in overrides}
    rows = given_fixed_charges(overrides)
    if rows is not None:
        data["fixed_charges"] = _overlaid(plan, rows)
    return data


def _overlaid(plan: Plan, rows: Sequence[Row]) -> list[Row]:
    """A row for each fixed charge of the plan. Raises NotFound if one is named that it has not."""
    given = {as_uuid(row.get("id")): row for row in rows}
    if not given.keys() <= {one.id for one in plan.fixed_charges}:
        raise NotFound("fixed_charge")
    return [completed_row(one, given.get(one.id, {})) for one in plan.fixed_charges]
