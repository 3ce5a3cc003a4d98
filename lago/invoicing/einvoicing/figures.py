"""The figures of an electronic document, by rate of tax (04 §18). Pure: whole cents in, whole cents out.

EN 16931 adds up where an invoice of Lago need not (04 §20-2): lines, less what is taken off at each rate, are the
taxable amounts, whose taxes are the tax. So the document's own sums stand, and their parts by rate are rounded to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from lago.pricing.rounding import divide, exact

_NONE = Decimal(0)
_ROUNDED_CENTS = 10
"""By how much discounts may differ from what their lines say because they were rounded."""


@dataclass(frozen=True)
class Charged:
    """A line: its cents, what discounts take off them (with fractions), and the sum of its rates of tax in percent."""

    cents: int
    discount: Decimal
    rate: Decimal


@dataclass(frozen=True)
class RateGroup:
    """The lines of one rate: their cents, what is taken off, and the tax on the rest."""

    rate: Decimal
    lines_cents: int
    discount_cents: int
    tax_cents: int

    @property
    def base_cents(self) -> int:
        return self.lines_cents - self.discount_cents


@exact
def grouped_by_rate(lines: Iterable[Charged], discount_cents: int, tax_cents: int) -> tuple[RateGroup, ...]:
    """The lines by rate, highest first; discounts and taxes of all groups add up to those given."""
    by_rate: dict[Decimal, list[Charged]] = defaultdict(list)
    for line in _with_untaxed(list(lines), discount_cents):
        by_rate[line.rate].append(line)
    rates = sorted(by_rate, reverse=True)
    sums = [sum(line.cents for line in by_rate[rate]) for rate in rates]
    off = [sum((line.discount for line in by_rate[rate]), _NONE) for rate in rates]
    taxes = [(cents - taken) * rate / 100 for rate, cents, taken in zip(rates, sums, off, strict=True)]
    shares = zip(rates, sums, shared(discount_cents, off), shared(tax_cents, taxes), strict=True)
    return tuple(RateGroup(*row) for row in shares)


def _with_untaxed(lines: list[Charged], discount_cents: int) -> list[Charged]:
    """The lines, and one of nothing for what was not taken off though it is not taxed: an invoice may have less credit
    of a progressive one than its fees are freed of (04 §5, S2-4)."""
    rest = discount_cents - sum((line.discount for line in lines), _NONE)
    return [*lines, Charged(0, rest, _NONE)] if abs(rest) > _ROUNDED_CENTS else lines


@exact
def shared(total: int, weights: Sequence[Decimal]) -> list[int]:
    """`total` in whole parts: the weights rounded, so that they add up, where they differ from it by no more; else in
    proportion to them. A part of no weight gets nothing, unless none has any: then the first gets all."""
    whole = sum(weights, _NONE)
    if not whole:
        return [total if place == 0 else 0 for place in range(len(weights))]
    scaled = [divide(weight * total, whole) for weight in weights]
    return _rounded(total, weights) or _rounded(total, scaled)


def _rounded(total: int, parts: Sequence[Decimal]) -> list[int]:
    """Each part rounded up or down, the largest fractions up, so that they add up; none if they cannot."""
    floors = [int(part.to_integral_value(ROUND_FLOOR)) for part in parts]
    fractions = [part - floor for part, floor in zip(parts, floors, strict=True)]
    up = total - sum(floors)
    if not 0 <= up <= sum(1 for fraction in fractions if fraction):
        return []
    for place in sorted(range(len(parts)), key=lambda place: -fractions[place])[:up]:
        floors[place] += 1
    return floors
