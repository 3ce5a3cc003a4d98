"""The last steps of every charge model: the unit price, and no negative fee."""

from decimal import Decimal
from typing import Any

from lago.pricing.rounding import divide
from lago.pricing.values import Price, Usage

ZERO = Decimal(0)


def share(amount: Decimal, units: Decimal) -> Decimal:
    """`amount` per unit; 0 if there are no units."""
    return divide(amount, units) if units else ZERO


def priced(usage: Usage, amount: Decimal, details: dict[str, Any], unit_amount: Decimal | None = None) -> Price:
    """The price of `usage`: the unit price is the amount per shown unit unless the model gives its own (02 §3.1)."""
    unit_amount = share(amount, usage.shown_units) if unit_amount is None else unit_amount
    return Price(usage.shown_units, amount, unit_amount, details)


def not_negative(usage: Usage, price: Price) -> Price:
    """`price`, with nothing left but its details if units or amount are negative (02 §3.1)."""
    if usage.units < 0 or price.amount < 0:
        return Price(ZERO, ZERO, ZERO, price.amount_details)
    return price
