"""A subscription gets a plan of its own in the place of the one that it is on (03 §1.5, §2.4)."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.catalog.counterparts import copied_buckets, copied_fixed_charges
from lago.catalog.models import Plan
from lago.catalog.override_plan import override_plan
from lago.catalog.write_fixed_charges import UnitsChange, given_fixed_charges
from lago.core import clock
from lago.core.db import db
from lago.core.fields import Flag
from lago.core.ids import as_uuid
from lago.core.outbox import enqueue
from lago.invoicing.bill_units import bill_units
from lago.invoicing.follow_charges import follow_charges as follow_adjustments
from lago.metering.follow_charges import follow_charges as follow_usage
from lago.subscriptions.fixed_charge_units import change_units, follow_fixed_charges, own_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule

Units = Mapping[uuid.UUID, Decimal]


def give_own_plan(subscription: Subscription, overrides: Mapping[str, Any]) -> Plan:
    """Copies the plan of the subscription, whose customer is locked, as `overrides` say, and puts it on the copy.

    What goes on of the running period goes on: what events and units in advance have paid for stays paid, and levels
    and units go on from where they are. Units that are to be more at once are billed at once. Raises as
    `override_plan`.
    """
    plan = subscription.plan
    own = {key[1]: units for key, units in own_units([subscription.id]).items()}
    child = override_plan(plan, {**overrides, "fixed_charges": _with_own_units(overrides, own)})
    subscription.plan_id, subscription.plan = child.id, child
    _follow(subscription, plan, child)
    schedule(subscription)
    _change_units(subscription, plan, overrides, own)
    enqueue("invoicing.flag_drafts", organization_id=child.organization_id, plan_ids=[str(child.id)])
    return child


def _with_own_units(overrides: Mapping[str, Any], own: Units) -> list[Mapping[str, Any]]:
    """The rows of fixed charges, with the units that the subscription has of its own where they name none."""
    said: dict[Any, Mapping[str, Any]] = {as_uuid(row.get("id")): row for row in given_fixed_charges(overrides) or []}
    for key, units in own.items():
        row = said.get(key, {"id": str(key)})
        if row.get("units") is None:
            said[key] = {**row, "units": str(units)}
    return list(said.values())


def _follow(subscription: Subscription, plan: Plan, child: Plan) -> None:
    """Whatever is kept by the ids of the plan's charges is kept by those of the copies from now on."""
    buckets = list(copied_buckets(plan, child))
    fixed = [(one.id, copy.id) for one, copy in copied_fixed_charges(plan, child)]
    db.session.flush()
    follow_usage(subscription, buckets)
    follow_adjustments(subscription, buckets, fixed)
    follow_fixed_charges(subscription, fixed)


def _change_units(subscription: Subscription, plan: Plan, overrides: Mapping[str, Any], own: Units) -> None:
    """Writes down the units that are others than before, and bills those in advance that begin now (02 §8.5)."""
    if subscription.status != "active":
        return
    at_once = {as_uuid(row.get("id")) for row in given_fixed_charges(overrides) or [] if _is_at_once(row)}
    changes = [
        UnitsChange(copy, one.id in at_once)
        for one, copy in copied_fixed_charges(plan, subscription.plan) if copy.units != own.get(one.id, one.units)
    ]
    change_units(subscription.plan, changes)
    billed = {one.fixed_charge.id for one in changes if one.immediately and one.fixed_charge.pay_in_advance}
    if billed:
        bill_units(subscription, clock.now(), billed)


def _is_at_once(row: Mapping[str, Any]) -> bool:
    return bool(Flag.WORDS.get(str(row.get("apply_units_immediately")).lower()))
