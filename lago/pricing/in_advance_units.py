"""Units of charges that are paid in advance: what one event adds, and what current usage shows (01 §3.9, 02 §6.3).

Billed is the growth of the period's peak, so units that come again below it are free. Aggregation types are those of
metrics: "count_agg", "sum_agg", "unique_count_agg"; others cannot be paid in advance.
"""

from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import ceil5, exact

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class UnitsState:
    """What is kept with the fee of an event: the units after it, their peak in the period, what of that was billed.

    `max_prorated` is the sum of the units billed for each growth of the peak, so it differs where they are prorated.
    """

    current: Decimal
    max: Decimal
    max_prorated: Decimal


@dataclass(frozen=True)
class NewUnits:
    """What an event adds: `billed`, by which the priced total grows; `shown` on its fee; the `state` to keep.

    Counts keep no state.
    """

    billed: Decimal
    shown: Decimal
    state: UnitsState | None


@exact
def new_units(
    aggregation_type: str, units: Decimal, previous: UnitsState | None, coefficient: Decimal | None = None
) -> NewUnits:
    """What an event of `units` adds after the `previous` state of the period, None if it is the first.

    `units`: the value of a sum; of unique counts 1 for a new value, -1 for the removal of an active one, else 0.
    `coefficient`: of prorated charges the part of the period that is left (01 §0: fl16(days / D)).
    """
    if aggregation_type == "count_agg":
        return NewUnits(ONE, ONE, None)
    if previous is None:
        return _first(units if aggregation_type == "sum_agg" else max(units, ZERO), coefficient)
    current = previous.current + units
    if current > previous.max:
        return _above_peak(current, previous, coefficient)
    return NewUnits(ZERO, max(units, ZERO), UnitsState(current, previous.max, previous.max_prorated))


@exact
def current_units(
    aggregation_type: str,
    total: Decimal,
    state: UnitsState | None,
    coefficient: Decimal | None = None,
    prorated: Decimal = ZERO,
) -> tuple[Decimal, Decimal]:
    """The units that current usage prices, and those that it shows: the table at the end of 01 §3.9.

    `total`: the plain aggregation of the window; `state`: the newest one in it. Of prorated charges, `coefficient` is
    that of the whole window, and `prorated` the units as in arrears (01 §3.8).
    """
    if aggregation_type == "count_agg":
        return max(total, ZERO), max(total, ZERO)
    if coefficient is None or (state is None and coefficient == 1):
        priced = total if state is None else total - state.current + state.max
    elif state is None:
        priced = prorated
    else:
        priced = _with_peak(max(total, ZERO), state, coefficient)
    return max(priced, ZERO), max(total, ZERO)


def _first(units: Decimal, coefficient: Decimal | None) -> NewUnits:
    added = max(units, ZERO)
    billed = _prorated(added, coefficient)
    return NewUnits(billed, added, UnitsState(units, units, billed))


def _above_peak(current: Decimal, previous: UnitsState, coefficient: Decimal | None) -> NewUnits:
    """After a negative peak, as the first event of a period may leave, all that grew counts as the new one."""
    added = current - previous.max
    billed = _prorated(added, coefficient)
    state = UnitsState(current, max(current, added), previous.max_prorated + billed)
    return NewUnits(billed, added, state)


def _prorated(units: Decimal, coefficient: Decimal | None) -> Decimal:
    return units if coefficient is None else ceil5(units * coefficient)


def _with_peak(total: Decimal, state: UnitsState, coefficient: Decimal) -> Decimal:
    """What the period began with, for the days of the window, and what has been billed since."""
    carried = total - max(state.current, ZERO)
    return (carried if coefficient == 1 else ceil5(carried * coefficient)) + state.max_prorated
