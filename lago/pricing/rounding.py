"""Exact decimals, roundings, and the few steps that Lago computes in IEEE doubles (02 §1)."""

import math
import operator
from collections.abc import Callable, Iterable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from functools import reduce, wraps
from typing import ParamSpec, TypeVar

from lago.pricing.currencies import CURRENCIES

P = ParamSpec("P")
R = TypeVar("R")

EXACT = Context(prec=1000, rounding=ROUND_HALF_UP)
"""Digits enough that sums and products of accepted numbers are exact; quotients go through `divide`."""

STORED_PLACES = 15
"""Decimals of a stored precise amount or unit price (02 §1.1)."""


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Let `function` add and multiply decimals without losing a digit, whatever the caller's decimal context is."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return run


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient at max(32, longest operand + 16) significant digits, half-up (02 §1.1). `divisor` is not 0."""
    longest = max(len(dividend.as_tuple().digits), len(divisor.as_tuple().digits))
    return Context(prec=max(32, longest + 16), rounding=ROUND_HALF_UP).divide(dividend, divisor)


def round_to(x: Decimal, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    """`x` with `places` decimals, halves away from zero unless another `mode` of the decimal module is named."""
    room = Context(prec=max(50, x.adjusted() + places + 2))
    return x.quantize(Decimal((0, (1,), -places)), rounding=mode, context=room)


def ceil5(x: Decimal) -> Decimal:
    """`x` rounded towards +infinity at 5 decimals (01 §0)."""
    return round_to(x, 5, ROUND_CEILING)


def trunc5(x: Decimal) -> Decimal:
    """`x` cut towards zero at 5 decimals (04 §0)."""
    return round_to(x, 5, ROUND_DOWN)


def round_half_up(x: Decimal) -> int:
    """The nearest integer, halves away from zero: 1.5 gives 2, -1.5 gives -2 (02 §1.1)."""
    return int(x.to_integral_value(ROUND_HALF_UP))


def round_double(x: float) -> int:
    """The integer nearest to the binary double itself, halves away from zero (03 §0)."""
    return round_half_up(Decimal(x))


def double_to_decimal(x: float) -> Decimal:
    """The double through its shortest round-trip text, all digits kept (03 §5.1)."""
    return Decimal(repr(x))


def double_to_decimal16(x: float) -> Decimal:
    """The double through its shortest round-trip text, cut to 16 significant digits (02 §1.2)."""
    return Context(prec=16, rounding=ROUND_DOWN).plus(Decimal(repr(x)))


def ratio_in_doubles(part: int, whole: int) -> Decimal:
    """`part` / `whole` as a double, all digits of its text kept: where a ratio goes into SQL, and projections (01 §0).

    What 01 writes fl(part / whole). `whole` is not 0.
    """
    return double_to_decimal(part / whole)


def ratio_in_doubles16(part: int, whole: int) -> Decimal:
    """`part` / `whole` as a double, its text cut to 16 digits: where a ratio meets a decimal (01 §0: fl16)."""
    return double_to_decimal16(part / whole)


def weight_in_doubles(prorated: Decimal, full: Decimal) -> Decimal:
    """What a prorated unit weighs: `prorated`, as a double that meets a decimal, divided by `full` (02 §1.2, §3.9)."""
    return divide(double_to_decimal16(float(prorated)), full)


def share_in_doubles(part: Decimal, whole: int) -> Decimal:
    """`part` / `whole`, where an amount of a fee meets its coupons: divided in doubles, cut to 16 digits (04 §9.4)."""
    return double_to_decimal16(float(part) / whole)


def less_in_doubles(x: Decimal, less: int) -> Decimal:
    """`x` without `less`, subtracted in doubles: what is left of a fee's unused days (04 §9.7)."""
    return double_to_decimal(float(x) - less)


def percentage_in_doubles(base: Decimal, rate: Decimal) -> float:
    """`rate` percent of `base`: the exact product as a double, divided by 100 in doubles (02 §1.2, 04 §6.3)."""
    with localcontext(EXACT):
        return float(base * rate) / 100


def share_of_rate_in_doubles(rate: Decimal) -> float:
    """`rate` percent as a share, divided by 100 in doubles: of coupons that are for the whole invoice (04 §8.4)."""
    return float(rate) / 100


def sum_in_doubles(doubles: Iterable[float]) -> float:
    """The sum of doubles, added one by one from the left without compensation (04 §6.3)."""
    return reduce(operator.add, doubles, 0.0)


def packages_in_doubles(paid_units: Decimal, package_size: int) -> int:
    """How many packages of `package_size` hold `paid_units`, divided in doubles (02 §1.2)."""
    return math.ceil(float(paid_units) / package_size)


def decimal_text(x: Decimal) -> str:
    """A decimal as JSON text: plain notation, no needless zeros, at least one decimal: "10.0" (02 §1.6)."""
    if not x:
        return "0.0"
    whole, _, fraction = format(x, "f").partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def precise_text(cents: Decimal, currency: str) -> str:
    """JSON text, in currency units, of a precise amount in cents: its stored value through a double (02 §1.6).

    For `precise_amount`, `precise_total_amount` and `taxes_precise_amount`; `currency` is an ISO code.
    """
    stored = double_to_decimal16(float(round_to(cents, STORED_PLACES)))
    return decimal_text(divide(stored, Decimal(CURRENCIES[currency].subunit)))
