"""Which thresholds of an alert a figure has crossed (03 §8, 05 §1.16)."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from lago.pricing.rounding import exact

Direction = Literal["increasing", "decreasing"]

MOST_STEPS = 1000
"""How many steps of a recurring threshold are told of at once: a small step and a leap would make millions."""


@dataclass(frozen=True)
class Threshold:
    """A value to be crossed once, or the step, over 0, in which values beyond the last of those follow."""

    value: Decimal
    recurring: bool = False
    code: str | None = None


@exact
def crossed(
    thresholds: Iterable[Threshold], previous: Decimal, current: Decimal, direction: Direction
) -> list[Threshold]:
    """The thresholds that lie between two values of a figure, ascending; a step as the value that was reached.

    Values begin at the largest one-time threshold and go up from there, or down from the smallest, or from 0 if there
    is none. Of more than MOST_STEPS steps the last ones are told. At most one threshold is recurring.
    """
    if direction == "increasing":
        return _rising(list(thresholds), previous, current)
    mirrored = [one if one.recurring else replace(one, value=-one.value) for one in thresholds]
    found = _rising(mirrored, -previous, -current)
    return [replace(one, value=-one.value) for one in reversed(found)]


def _rising(thresholds: Sequence[Threshold], previous: Decimal, current: Decimal) -> list[Threshold]:
    once = sorted((one for one in thresholds if not one.recurring), key=lambda one: one.value)
    if current <= previous or (once and current < once[0].value):
        return []
    base = once[-1].value if once else Decimal(0)
    found = [one for one in once if previous < one.value <= current]
    for step in thresholds:
        if step.recurring:
            found += _steps(step, base, previous, current)
    return found


def _steps(step: Threshold, base: Decimal, previous: Decimal, current: Decimal) -> Iterator[Threshold]:
    """A previous value that lies on a step is told once more: 03 §8 rounds up, and takes a whole quotient as it is."""
    first = max(math.ceil(Fraction(previous - base) / Fraction(step.value)), 1)
    last = math.floor(Fraction(current - base) / Fraction(step.value))
    for count in range(max(first, last - MOST_STEPS + 1), last + 1):
        yield replace(step, value=base + count * step.value)


@exact
def next_ahead(thresholds: Iterable[Threshold], current: Decimal) -> Threshold | None:
    """The threshold that a rising figure would cross next; None if there is none above it."""
    all_of_them = list(thresholds)
    once = sorted((one for one in all_of_them if not one.recurring), key=lambda one: one.value)
    ahead = [one for one in once if one.value > current]
    if ahead:
        return ahead[0]
    base = once[-1].value if once else Decimal(0)
    for step in all_of_them:
        if step.recurring:
            count = max(math.floor(Fraction(current - base) / Fraction(step.value)), 0) + 1
            return replace(step, value=base + count * step.value)
    return None
