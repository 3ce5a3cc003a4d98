"""SELECTs of one figure that events add up to, whatever their order: count, sum, greatest, latest."""

from collections.abc import Callable

from lago.metering.store.columns import NO_FIGURES, as_array, each_group, numbers, rows
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import Question


def count(question: Question, parameters: Parameters) -> str:
    return _count(question, parameters, "")


def present(question: Question, parameters: Parameters) -> str:
    return _count(question, parameters, f"AND properties ? {parameters.add(question.events.field_name)}")


def _count(question: Question, parameters: Parameters, condition: str) -> str:
    events = question.events
    return f"""SELECT {as_array(events)}, count(*)::numeric, count(*), {NO_FIGURES}
        FROM ({rows(events, parameters, condition=condition)}) AS found {each_group(events)}"""


def of_numbers(value: str, figures: str = NO_FIGURES, *columns: str) -> Callable[[Question, Parameters], str]:
    """A SELECT of aggregates of `number`, over the events where it is one."""

    def select(question: Question, parameters: Parameters) -> str:
        events = question.events
        return f"""SELECT {as_array(events)}, {value}, count(*), {figures}
            FROM ({numbers(events, parameters, *columns)}) AS numbers {each_group(events)}"""

    return select


total = of_numbers("sum(number)", "ARRAY[coalesce(sum(amount), 0)]", "precise_total_amount_cents AS amount")
greatest = of_numbers("max(number)")
latest = of_numbers(
    "(max(ARRAY[extract(epoch FROM timestamp), extract(epoch FROM created_at), seq, number]))[4]", NO_FIGURES,
    "timestamp", "created_at", "seq",
)
