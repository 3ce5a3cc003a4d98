"""What some charge models want to know of single events (01 §3.10): asked for only where a model needs it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import accumulate
from typing import Any

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import Group, Portion, Question, Read
from lago.pricing.rounding import ceil5, exact

ONE, ZERO = Decimal(1), Decimal(0)

COUNTED = ("count_agg", "unique_count_agg")

Lists = Mapping[str, Group | None]


def list_questions(measurement: Measurement) -> dict[str, Question]:
    """What else to ask of the event store, by fields of a `Usage`: steps if it is prorated, else the other lists."""
    needs, kind = measurement.needs, measurement.metric.aggregation_type
    if measurement.prorated:
        return {"steps": _STEPS[kind](measurement)} if needs.steps else {}
    questions = {}
    if needs.running_totals and kind == "sum_agg":
        questions["running_totals"] = _first_numbers(measurement)
    if needs.event_values and kind in _EVENTS:
        questions["event_values"] = Question(_EVENTS[kind], measurement.events())
    return questions


@exact
def listed(measurement: Measurement, group: Group, lists: Lists) -> dict[str, Any]:
    """Fields of the `Usage` of one group of the answer, from those of the lists."""
    needs, kind = measurement.needs, measurement.metric.aggregation_type
    if measurement.prorated:
        return {"steps": _steps(measurement, group, lists)} if needs.steps else {}
    fields: dict[str, Any] = {}
    if needs.running_totals:
        fields["running_totals"] = _running_totals(kind, group, lists)
    if needs.event_values:
        fields["event_values"] = _event_values(kind, group, lists)
    if needs.precise_amounts and kind == "sum_agg":
        fields["precise_total_amount_cents"] = group.figures[0] if group.figures else ZERO
    return fields


def _first_numbers(measurement: Measurement) -> Question:
    needs = measurement.needs
    portion = Portion(needs.first_totals, needs.totals_until)
    return Question(Read.NUMBERS, measurement.events(whole_history=measurement.metric.recurring), portion)


def _changes_in_window(measurement: Measurement) -> Question:
    return Question(Read.PRORATED_NUMBERS, measurement.events(), shares=measurement.window.shares)


def _changes_in_history(measurement: Measurement) -> Question:
    return Question(
        Read.PRORATED_CHANGES, measurement.events(whole_history=True), shares=measurement.window.shares
    )


_EVENTS = {"sum_agg": Read.NUMBERS, "max_agg": Read.NUMBERS, "unique_count_agg": Read.PRESENT}
"""How the single events of the window are asked for; of a count they are known without."""

_STEPS: dict[str, Callable[[Measurement], Question]] = {
    "sum_agg": _changes_in_window, "unique_count_agg": _changes_in_history,
}


def _running_totals(kind: str, group: Group, lists: Lists) -> Any:
    if kind in COUNTED:
        return range(1, int(group.value) + 1)
    return tuple(accumulate(_figures(lists, "running_totals")))


def _event_values(kind: str, group: Group, lists: Lists) -> tuple[Decimal, ...]:
    """One for each event of a count; of the greatest number its first event, and nothing for the others."""
    values = _figures(lists, "event_values")
    if kind == "count_agg":
        return (ONE,) * group.events_count
    if kind == "unique_count_agg":
        found = lists["event_values"]
        return (ONE,) * (found.events_count if found else 0)
    if kind == "max_agg" and values:
        first = values.index(max(values))
        return tuple(value if place == first else ZERO for place, value in enumerate(values))
    return values


def _steps(measurement: Measurement, group: Group, lists: Lists) -> tuple[tuple[Decimal, Decimal], ...]:
    figures = _figures(lists, "steps")
    half = len(figures) // 2
    if measurement.metric.aggregation_type == "unique_count_agg":
        return tuple(zip(figures[:half], map(ceil5, figures[half:]), strict=True))
    opening = group.figures[1] if group.figures else ZERO
    first = ((opening, opening * measurement.window.shares.opening_share),) if opening else ()
    return (*first, *zip(figures[:half], figures[half:], strict=True))


def _figures(lists: Lists, name: str) -> tuple[Decimal, ...]:
    found = lists.get(name)
    return found.figures if found else ()
