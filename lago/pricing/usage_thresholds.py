"""Usage thresholds: which of them a subscription has reached, and how far it is from the next (03 §7.1, §7.3).

All amounts in cents. A fixed threshold is met once in the life of a subscription, the recurring one, of which there
is at most one, again and again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import ratio_in_doubles

MOST_REPEATED = 1000
"""So many entries of a recurring threshold are shown at most, the latest ones."""

NONE = Decimal("0.0")
WHOLE = Decimal("1.0")


@dataclass(frozen=True)
class Threshold:
    """An amount of lifetime usage, or of each further usage if it is `recurring`; above 0."""

    amount_cents: int
    recurring: bool = False


@dataclass(frozen=True)
class LifetimeFigures:
    """What a subscription has used: before it was ours to count, on invoices of its periods, and in the running period.

    `billed`: up to which usage of the running period it was invoiced progressively.
    """

    historical: int
    invoiced: int
    current: int
    billed: int = 0

    @property
    def total(self) -> int:
        return self.historical + self.invoiced + self.current


@dataclass(frozen=True)
class Progress:
    """How far a subscription is towards an amount: from 0 to 1."""

    threshold: Threshold
    amount_cents: int
    completion_ratio: Decimal
    is_reached: bool = False


def reached_thresholds(figures: LifetimeFigures, thresholds: Sequence[Threshold]) -> list[Threshold]:
    """The thresholds that the usage has reached since it was last invoiced: fixed ones by amount, then the recurring
    one, once however often it was met (03 §7.3)."""
    unbilled = figures.current - figures.billed
    if unbilled < 0:
        return []
    before = figures.historical + figures.invoiced + figures.billed
    fixed, recurring = _split(thresholds)
    largest = fixed[-1].amount_cents if fixed else 0
    found = [one for one in fixed if before < one.amount_cents <= before + unbilled]
    if recurring and _is_met(recurring.amount_cents, before, unbilled, largest):
        found.append(recurring)
    return found


def progress(total: int, thresholds: Sequence[Threshold]) -> list[Progress]:
    """How far a lifetime usage of `total` is towards each threshold, by amount (03 §7.1).

    Of a recurring one each time that it was met is an entry, once all fixed ones are reached, and the next time is one.
    """
    fixed, recurring = _split(thresholds)
    reached = [one for one in fixed if one.amount_cents <= total]
    left = fixed[len(reached) :]
    last = reached[-1].amount_cents if reached else 0
    entries = [Progress(one, one.amount_cents, WHOLE, is_reached=True) for one in reached]
    entries += _towards(total, last, left)
    if recurring and left:
        entries.append(Progress(recurring, left[-1].amount_cents + recurring.amount_cents, NONE))
    elif recurring:
        entries += _repeated(total, last, recurring)
    return entries


def _split(thresholds: Sequence[Threshold]) -> tuple[list[Threshold], Threshold | None]:
    """Fixed ones in ascending order, and the recurring one."""
    fixed = sorted((one for one in thresholds if not one.recurring), key=lambda one: one.amount_cents)
    return fixed, next((one for one in thresholds if one.recurring), None)


def _is_met(step: int, before: int, unbilled: int, largest: int) -> bool:
    """Below the largest fixed threshold steps count from there; above it, from nothing (03 §12-14)."""
    if before < largest:
        return before + unbilled - largest >= step
    return unbilled + before % step >= step


def _towards(total: int, last: int, left: Sequence[Threshold]) -> Iterator[Progress]:
    """The first one that is not reached is under way from the last one that is; the others have yet to begin."""
    for position, one in enumerate(left):
        used = max(0, total - last) if position == 0 else 0
        yield Progress(one, one.amount_cents, ratio_in_doubles(used, one.amount_cents - last))


def _repeated(total: int, last: int, recurring: Threshold) -> Iterator[Progress]:
    step, used = recurring.amount_cents, max(0, total - last)
    times = used // step
    for time in range(max(0, times - MOST_REPEATED) + 1, times + 1):
        yield Progress(recurring, last + time * step, WHOLE, is_reached=True)
    yield Progress(recurring, last + (times + 1) * step, ratio_in_doubles(used % step, step))
