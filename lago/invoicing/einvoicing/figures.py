"""The figures of an electronic document, by rate of tax (04 §18). Pure: whole cents in, whole cents out.

EN 16931 adds up where an invoice of Lago need not (04 §20-2): lines, less what is taken off at each rate, are the
taxable amounts, whose taxes are the tax. So the document's own sums stand, and their parts by rate are rounded to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import divide, exact

_NONE = Decimal(0)


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
    for line in lines:
        by_rate[line.rate].append(line)
    rates = sorted(by_rate, reverse=True)
    sums = [sum(line.cents for line in by_rate[rate]) for rate in rates]
    off = [sum((line.discount for line in by_rate[rate]), _NONE) for rate in rates]
    taxes = [(cents - taken) * rate / 100 for rate, cents, taken in zip(rates, sums, off, strict=True)]
    shares = zip(rates, sums, shared(discount_cents, off), shared(tax_cents, taxes), strict=True)
    return tuple(RateGroup(*row) for row in shares)


@exact
def shared(total: int, weights: Sequence[Decimal]) -> list[int]:
    """`total` in whole parts, in proportion to the weights; what rounding leaves goes to the largest fractions.

    A part of no weight gets nothing, unless none has any: then the first gets all.
    """
    whole = sum(weights, _NONE)
    if not whole:
        return [total if place == 0 else 0 for place in range(len(weights))]
    parts = [divide(weight * total, whole) for weight in weights]
    floors = [int(part // 1) - (1 if part < int(part // 1) else 0) for part in parts]
    by_fraction = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place])
    for place in by_fraction[: total - sum(floors)]:
        floors[place] += 1
    return floors
