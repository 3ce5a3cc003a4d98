"""Units of fixed charges that one subscription has of its own, and what more of them cost at once (02 §8.1, §8.5)."""

from decimal import Decimal

from lago.catalog.fixed_charge_rules import check_units
from lago.catalog.models import FixedCharge
from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import Invalid, NotFound
from lago.invoicing.bill_units import bill_units
from lago.subscriptions.fixed_charge_units import change_own_units
from lago.subscriptions.models import Subscription


def change_fixed_charge_units(
    subscription: Subscription, fixed_charge: FixedCharge, units: Decimal, *, immediately: bool
) -> None:
    """Gives a subscription units of its own of a fixed charge of its plan, from now or from its next period on.

    Units in advance are billed at once if they begin at once. One that has not begun begins with them. Raises Invalid,
    or NotFound if the subscription has ended.
    """
    lock(subscription.customer_id)
    db.session.refresh(subscription)  # it may have ended before the lock was given
    if subscription.status == "incomplete":
        raise Invalid({"base": ["subscription_incomplete"]})
    if subscription.status not in ("active", "pending"):
        raise NotFound("subscription")
    check_units(fixed_charge, units, subscription.plan.amount_currency)
    changed = change_own_units(subscription, fixed_charge, units, immediately=immediately)
    if changed and immediately and subscription.status == "active" and fixed_charge.pay_in_advance:
        bill_units(subscription, clock.now(), {fixed_charge.id})
