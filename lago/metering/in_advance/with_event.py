"""The usage as it would be with an event that is not stored (02 §6.5)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from lago.pricing.in_advance_units import NewUnits
from lago.pricing.rounding import exact
from lago.pricing.values import Needs, Usage

ONE = Decimal(1)


@exact
def with_event(
    stored: Usage, new: NewUnits, aggregation_type: str, value: Decimal, needs: Needs, amount_cents: Decimal
) -> Usage:
    """`stored`, with the event of `value` as its last one (01 §3.10). `new`: the units that it adds; `amount_cents`:
    the amount that it names."""
    units = stored.units + new.billed
    is_sum = aggregation_type == "sum_agg"
    return replace(
        stored,
        units=units,
        events_count=stored.events_count + 1,
        running_totals=(
            _one_more_total(stored.running_totals, value, needs) if is_sum else _counted(units, needs)
        ),
        event_values=(*stored.event_values, value if is_sum else ONE) if needs.event_values else (),
        precise_total_amount_cents=stored.precise_total_amount_cents + amount_cents,
    )


def _counted(units: Decimal, needs: Needs) -> range:
    return range(1, int(units) + 1) if needs.running_totals else range(0)


def _one_more_total(totals: Sequence[Decimal] | range, value: Decimal, needs: Needs) -> tuple[Decimal, ...]:
    """The total after the event, unless there are as many as are wanted."""
    known = tuple(Decimal(total) for total in totals)
    enough = len(known) >= needs.first_totals if needs.first_totals else any(one > needs.totals_until for one in known)
    if not needs.running_totals or enough:
        return known
    return (*known, (known[-1] if known else Decimal(0)) + value)
