"""The plan of a subscription's own, which is made when something of it is to be changed for it alone (03 §2.5)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import Charge, Plan
from lago.catalog.queries import charge_by_code, lock_plan
from lago.core.db import db, lock
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.invoicing.give_own_plan import give_own_plan
from lago.subscriptions.models import Subscription


def hold_subscription(subscription: Subscription) -> None:
    """Keeps others from changing the subscription, and sees it as it is now.

    Raises Invalid if it waits for its first payment, NotAllowed if it has ended.
    """
    lock(subscription.customer_id)
    db.session.refresh(subscription)
    if subscription.status == "incomplete":
        raise Invalid({"base": ["subscription_incomplete"]})
    if subscription.status not in ("active", "pending"):
        raise NotAllowed("plan_overrides_not_editable")


def own_plan(subscription: Subscription, overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan of its own of a subscription that is held, locked. If there is none it is made, by `overrides`."""
    if subscription.plan.parent_id is None:
        give_own_plan(subscription, overrides or {})
    lock_plan(subscription.plan)
    return subscription.plan


def charge_of(plan: Plan, code: str) -> Charge:
    """The charge of that code; copies have the codes of what they were copied from. Raises NotFound."""
    charge = charge_by_code(plan, code)
    if charge is None:
        raise NotFound("charge")
    return charge
