"""What credits of a wallet are worth: `(credits, amount, cents)` (05 §1.1)."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import divide, exact, round_half_up, round_to, trunc5

PLACES = 5
"""Decimals of credits and amounts as they are kept."""


@dataclass(frozen=True)
class Rate:
    """`amount`: what a credit is worth, in units of `currency`, an ISO code; more than 0."""

    amount: Decimal
    currency: str

    @property
    def subunit(self) -> int:
        return CURRENCIES[self.currency].subunit


@dataclass(frozen=True)
class Worth:
    """Credits, their amount in units of the currency, and in its smallest units."""

    credit_amount: Decimal
    amount: Decimal
    amount_cents: int


@exact
def of_sold(credits: Decimal, rate: Rate) -> Worth:
    """The worth of credits that are bought or granted: as many as the whole cents are worth (05 §1.1.4)."""
    return of_cents(_cents(credits, rate), rate)


@exact
def of_voided(credits: Decimal, rate: Rate) -> Worth:
    """The worth of credits that are voided: all five decimals of them go, and the nearest whole cents."""
    cents = _cents(credits, rate)
    return Worth(trunc5(credits), _amount(cents, rate), cents)


@exact
def of_cents(cents: int, rate: Rate) -> Worth:
    """The credits that cents are worth: what an invoice consumes, or a refund takes back."""
    return Worth(credits_of(cents, rate), _amount(cents, rate), cents)


@exact
def credits_of(cents: int, rate: Rate) -> Decimal:
    """Cents as credits, which may be negative, with five decimals."""
    return round_to(divide(Decimal(cents), rate.amount * rate.subunit), PLACES)


@exact
def rounds_to_zero(credits: Decimal, rate: Rate) -> bool:
    """Whether credits are something and worth nothing."""
    return trunc5(credits) > 0 and not _cents(credits, rate)


def limit_problem(cents: int, least: int | None, most: int | None) -> str | None:
    """What is wrong with buying for so many cents, of a wallet with these limits, both inclusive; None if nothing."""
    if least is not None and cents < least:
        return "amount_below_minimum"
    if most is not None and cents > most:
        return "amount_above_maximum"
    return None


@exact
def consumed_after_return(consumed: Decimal, returned: Decimal, rate: Rate) -> tuple[Decimal, int]:
    """The consumed credits, and cents, of a wallet after credits were given back to it (05 §1.10)."""
    left = consumed - returned
    cents = (left * rate.amount * rate.subunit).to_integral_value(ROUND_FLOOR)
    return max(left, Decimal(0)), max(int(cents), 0)


def _cents(credits: Decimal, rate: Rate) -> int:
    """The nearest whole cents of credits, of which no more than five decimals count."""
    return round_half_up(trunc5(credits) * rate.amount * rate.subunit)


def _amount(cents: int, rate: Rate) -> Decimal:
    return divide(Decimal(cents), Decimal(rate.subunit))
