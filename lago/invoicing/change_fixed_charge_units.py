"""Units of fixed charges that one subscription has of its own, and what more of them cost at once (02 §8.1, §8.5)."""

from collections.abc import Sequence

from lago.catalog.units_only import WantedUnits
from lago.core import clock
from lago.invoicing.bill_units import bill_units
from lago.subscriptions.fixed_charge_units import change_own_units
from lago.subscriptions.models import Subscription


def change_fixed_charge_units(subscription: Subscription, wanted: Sequence[WantedUnits]) -> None:
    """Gives a subscription units of its own of fixed charges of its plan, from now or from its next period on.

    Its customer is locked. Units in advance are billed at once if they begin at once. One that has not begun begins
    with them.
    """
    changed = [
        one for one in wanted
        if change_own_units(subscription, one.fixed_charge, one.units, immediately=one.immediately)
    ]
    billed = {one.fixed_charge.id for one in changed if one.immediately and one.fixed_charge.pay_in_advance}
    if billed and subscription.status == "active":
        bill_units(subscription, clock.now(), billed)
