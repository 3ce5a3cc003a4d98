"""Other prices of a charge for one subscription alone (02 §2.2-7, 03 §2.5)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import Charge
from lago.catalog.override_charges import change_copied_charge
from lago.core.outbox import announce
from lago.invoicing.own_plan import charge_of, hold_subscription, own_plan
from lago.subscriptions.models import Subscription


def change_own_charge(subscription: Subscription, code: str, data: Mapping[str, Any]) -> Charge:
    """Changes what the client's object names of a charge, on the subscription's own plan, which is made if need be.

    Raises NotFound for an unknown charge or tax, Invalid, or Forbidden for another charge model.
    """
    hold_subscription(subscription)
    charge = charge_of(subscription.plan, code)
    if subscription.plan.parent_id is None:
        own_plan(subscription, {"charges": [{**data, "id": str(charge.id)}]})
    else:
        change_copied_charge(charge_of(own_plan(subscription), code), data)
    announce("subscription.updated", subscription)
    return charge_of(subscription.plan, code)
