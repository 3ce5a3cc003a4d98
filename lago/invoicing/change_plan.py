"""Another plan for a subscription that exists: at once, or from the next period on (03 §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lago.catalog.models import Plan
from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.upgrade import upgrade
from lago.organizations.choose_sections import decide
from lago.organizations.models import BillingEntity
from lago.pricing.plan_changes import is_upgrade
from lago.subscriptions.activation_rules import replace_rules
from lago.subscriptions.cancel import cancel_successor
from lago.subscriptions.chosen_plan import chosen_plan
from lago.subscriptions.create_successor import create_successor
from lago.subscriptions.fixed_charge_units import give_own_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.successors import price_of


@dataclass(frozen=True)
class PlanRequest:
    """What a client asks for: a plan, not yet overridden. `sent`: its object; `values`: as they were read; `entity`:
    the billing entity that it names."""

    plan: Plan
    sent: Mapping[str, Any]
    values: Mapping[str, Any]
    entity: BillingEntity | None = None


def change_plan(current: Subscription, wanted: PlanRequest) -> tuple[Subscription, Subscription]:
    """Has `current`, active or yet to start, on another plan. Returns the subscription to answer with, and the one that
    is on the new plan.

    What costs as much in a year or more begins now, and is the answer; what costs less follows at the end of the
    period, and the answer is `current`. A change that was waiting is called off. The customer is locked, and nothing
    of `current` is due. Raises Invalid, NotFound or Forbidden for overrides that cannot be.
    """
    if current.status == "pending":
        return _replace_plan(current, wanted)
    plan, units = chosen_plan(wanted.plan, wanted.sent.get("plan_overrides"))
    at_once = is_upgrade(price_of(current.plan), price_of(plan))
    cancel_successor(current)
    successor = create_successor(current, plan, wanted.sent, wanted.values, wanted.entity)
    give_own_units(successor, units)
    if at_once:
        upgrade(current, successor)
        return successor, successor
    successor.progressive_billing_disabled = wanted.values["progressive_billing_disabled"]
    announce("subscription.updated", current)
    return current, successor


def _replace_plan(current: Subscription, wanted: PlanRequest) -> tuple[Subscription, Subscription]:
    """One that is yet to start gets the plan in place, without overrides; nothing is billed (03 §3.2)."""
    if wanted.entity and not is_upgrade(price_of(current.plan), price_of(wanted.plan)):
        current.billing_entity_id = wanted.entity.id
    current.plan, current.plan_id = wanted.plan, wanted.plan.id
    current.name = wanted.values["name"] or current.name
    replace_rules(current, wanted.values["activation_rules"])
    schedule(current)
    db.session.flush()
    decide(current, wanted.values["invoice_custom_section"])
    return current, current
