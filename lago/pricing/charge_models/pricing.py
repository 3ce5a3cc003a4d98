"""The last step of every charge model: the unit price, and no negative fee."""

from decimal import Decimal
from typing import Any

from lago.pricing.rounding import divide
from lago.pricing.values import Price, Usage

ZERO = Decimal(0)


def share(amount: Decimal, units: Decimal) -> Decimal:
    """`amount` per unit; 0 if there are no units."""
    return divide(amount, units) if units else ZERO


def priced(usage: Usage, amount: Decimal, details: dict[str, Any], unit_amount: Decimal | None = None) -> Price:
    """The price of `usage`, zeroed if units or amount are negative (02 §3.1).

    The unit price is the amount per shown unit unless the model gives its own.
    """
    if usage.units < 0 or amount < 0:
        return Price(ZERO, ZERO, ZERO, details)
    unit_amount = share(amount, usage.shown_units) if unit_amount is None else unit_amount
    return Price(usage.shown_units, amount, unit_amount, details)
