"""The amounts of fees for usage, in money, whether their charge is priced in money or in a pricing unit (02 §10)."""

from lago.catalog.models import Charge
from lago.pricing.fees import fee_amounts
from lago.pricing.pricing_units import LIKE_A_UNIT, amounts_in_units, amounts_in_units_of_event, in_money
from lago.pricing.values import FeeAmounts, Price


def price_currency(charge: Charge, currency: str) -> str:
    """The currency by whose decimals the prices of a charge are rounded, on a plan in `currency` (ISO codes)."""
    return LIKE_A_UNIT if charge.pricing_unit_id else currency


def charge_amounts(charge: Charge, price: Price, currency: str, *, of_event: bool = False) -> FeeAmounts:
    """The amounts in `currency` of the one fee of `price`, which is in the charge's pricing unit if it has one.

    `of_event`: of the fee of a single event.
    """
    if charge.pricing_unit_id is None:
        return fee_amounts(price, currency)
    return converted(charge, amounts_in_units_of_event(price) if of_event else amounts_in_units(price), currency)


def converted(charge: Charge, amounts: FeeAmounts, currency: str) -> FeeAmounts:
    """Amounts of what the charge is priced in as amounts in `currency`."""
    rate = charge.conversion_rate
    return amounts if rate is None else in_money(amounts, rate, currency)
