"""How much an invoice can give back, estimated before a note is made (04 §9.3). Amounts in cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.credit_notes import CreditAmounts
from lago.pricing.rounding import divide, exact, round_half_up, round_to
from lago.pricing.taxes import HUNDRED, ZERO


@dataclass(frozen=True)
class CreditableFee:
    """What is left of a fee (R), before tax, and its rate in percent."""

    creditable_cents: int
    taxes_rate: Decimal


@dataclass(frozen=True)
class Estimate:
    """The most that the items of an estimated note can be credited, and their taxes, as they add up."""

    creditable_cents: int
    taxes_cents: int


@exact
def available_to_credit(fees: Sequence[CreditableFee], fees_cents: int, discounts_cents: int) -> int:
    """All that is left with taxes, coupons and progressive credits spread evenly on what is left of the fees.

    `fees_cents`, `discounts_cents`: of the whole invoice.
    """
    left = sum(fee.creditable_cents for fee in fees)
    if not left or not fees_cents:
        return 0
    discount = divide(Decimal(discounts_cents * left), Decimal(fees_cents))
    share = divide(left - discount, Decimal(left))  # of each fee, what the discounts leave
    taxes = sum((fee.creditable_cents * share * fee.taxes_rate / HUNDRED for fee in fees), ZERO)
    return round_half_up(left - discount + round_half_up(taxes))


def refundable_cents(paid_cents: int, refunded_cents: int, creditable_cents: int) -> int:
    """What of the payments can be paid back still."""
    return max(0, min(paid_cents - refunded_cents, creditable_cents))


def estimated(amounts: CreditAmounts) -> Estimate:
    """Total and taxes, of which one is a cent less where subtotal and taxes do not add up to the total (04 §9.5)."""
    total, taxes = amounts.requested_total_cents, amounts.taxes_amount_cents
    difference = total - taxes - amounts.sub_total_excluding_taxes_amount_cents
    if difference > 0:
        return Estimate(total - 1, taxes)
    return Estimate(total, taxes - 1 if difference < 0 and taxes else taxes)


@exact
def shares_of(creditable: Sequence[Decimal], wanted_cents: int, all_cents: int) -> list[Decimal]:
    """What is taken of each fee for a note of `wanted_cents`, where a note over all that is left of them would come to
    `all_cents`; with 5 decimals (04 §14-5)."""
    if not all_cents:
        return [ZERO for _ in creditable]
    return [round_to(divide(cents * wanted_cents, Decimal(all_cents)), 5) for cents in creditable]
