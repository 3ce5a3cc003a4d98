"""What coupons take off an invoice before its taxes (04 §8.4, §8.5), and what is left of them then (§8.6).

Amounts in cents.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lago.pricing.rounding import divide, exact, round_double, round_half_up, round_to, share_of_rate_in_doubles
from lago.pricing.taxes import HUNDRED, ZERO

Frequency = Literal["once", "recurring", "forever"]


@dataclass(frozen=True)
class Coupon:
    """A coupon of a customer: a percentage if it has a rate, else an amount.

    `amount_cents`: what it takes of each invoice; of one that is used once, what is left of it (`remaining_cents`).
    `invoices_left`: of a recurring one.
    """

    frequency: Frequency
    amount_cents: int = 0
    percentage_rate: Decimal | None = None
    invoices_left: int = 0


@dataclass(frozen=True)
class Discounted:
    """A fee: what it costs and what was taken off it until now, with 5 decimals (A and C of 04 §0)."""

    amount_cents: int
    precise_coupons_amount_cents: Decimal = ZERO

    @property
    def net_cents(self) -> Decimal:
        """What is left of it."""
        return self.amount_cents - self.precise_coupons_amount_cents


@dataclass(frozen=True)
class Taken:
    """What a coupon takes: its value, not cut to cents, and the fees with their shares taken off."""

    value_cents: Decimal
    fees: tuple[Discounted, ...]

    @property
    def amount_cents(self) -> int:
        """What the invoice is lowered by."""
        return int(self.value_cents)


@dataclass(frozen=True)
class Left:
    """What an invoice leaves of a coupon: whether it is used up, and for how many invoices it lasts."""

    is_used_up: bool
    invoices_left: int


@exact
def take(
    coupon: Coupon, sub_total_cents: int, fees: Sequence[Discounted], targets: Collection[int] | None = None
) -> Taken:
    """What the coupon takes off an invoice that has come down to `sub_total_cents` (above 0).

    `targets`: the places of the fees that it is limited to; None if it is for all, and then its base is the subtotal.
    It never takes more than the subtotal, of which progressive invoices may have billed a part that no fee has.
    """
    among = range(len(fees)) if targets is None else targets
    if targets is None:
        base, value = Decimal(sub_total_cents), _value_of_all(coupon, sub_total_cents)
    else:
        base = max(ZERO, sum((fees[place].net_cents for place in targets), ZERO))
        value = _value(coupon, base)
        value = Decimal(sub_total_cents) if int(value) > sub_total_cents else value
    spread = tuple(_spread(fee, value, base) if place in among else fee for place, fee in enumerate(fees))
    return Taken(value, spread)


def _value_of_all(coupon: Coupon, base_cents: int) -> Decimal:
    """A percentage of the whole invoice is rounded from a product of doubles: 35 % of 170 is 59 (04 §20-1)."""
    if coupon.percentage_rate is None:
        return _value(coupon, Decimal(base_cents))
    part = base_cents * share_of_rate_in_doubles(coupon.percentage_rate)
    return Decimal(base_cents if part >= base_cents else round_double(part))


def _value(coupon: Coupon, base: Decimal) -> Decimal:
    """A percentage is rounded to cents, unless it is all there is; no more is taken than there is."""
    if coupon.percentage_rate is None:
        return min(Decimal(coupon.amount_cents), base)
    part = base * coupon.percentage_rate / HUNDRED
    return base if part >= base else Decimal(round_half_up(part))


def _spread(fee: Discounted, value: Decimal, base: Decimal) -> Discounted:
    """The fee with its share of the value: as much as it is of the base, and no more than it costs (04 §8.5)."""
    if not base:
        return fee
    share = fee.precise_coupons_amount_cents + divide(value * fee.net_cents, base)
    return Discounted(fee.amount_cents, min(Decimal(fee.amount_cents), round_to(share, 5)))


@exact
def take_previewed(coupon: Coupon, base_cents: int, left_cents: int, fees: Sequence[Discounted]) -> Taken:
    """What it takes off a preview that has come down to `left_cents`: of all fees, percentages in doubles (04 §11)."""
    value = min(_value_of_all(coupon, base_cents), Decimal(left_cents))
    net = sum((fee.net_cents for fee in fees), ZERO)
    return Taken(value, tuple(_spread(fee, value, net) for fee in fees))


def remaining_cents(amount_cents: int, credited_cents: int) -> int:
    """What is left of a fixed coupon that is used once, of which invoices have taken so much (04 §8.2)."""
    return max(0, amount_cents - credited_cents)


def left_of(coupon: Coupon, taken: Taken) -> Left:
    """What the invoice leaves of the coupon: a recurring one counts invoices, also where it took nothing (04 §8.6)."""
    if coupon.frequency == "recurring":
        invoices = max(0, coupon.invoices_left - 1)
        return Left(not invoices, invoices)
    if coupon.frequency == "forever":
        return Left(False, coupon.invoices_left)
    is_percentage = coupon.percentage_rate is not None
    return Left(is_percentage or taken.value_cents >= coupon.amount_cents, coupon.invoices_left)


def given_back(frequency: Frequency, invoices_left: int, *, is_over: bool) -> Left:
    """What a coupon has again when an invoice that used it is voided (04 §8.6).

    It goes on, unless it lasts forever (then only a person has ended it) or `is_over`: the coupon itself has ended.
    A recurring one has the invoice back in any case.
    """
    more = 1 if frequency == "recurring" else 0
    return Left(is_over or frequency == "forever", invoices_left + more)
