"""SELECTs of one figure that events add up to, whatever their order: count, sum, greatest, latest."""

from collections.abc import Callable

from lago.metering.store.columns import NO_FIGURES, groups_of, numbers
from lago.metering.store.conditions import Parameters, matching
from lago.metering.store.questions import Question


def count(question: Question, parameters: Parameters) -> str:
    return _count(question, parameters, "")


def present(question: Question, parameters: Parameters) -> str:
    return _count(question, parameters, f"AND properties ? {parameters.add(question.events.field_name)}")


def _count(question: Question, parameters: Parameters, condition: str) -> str:
    events = question.events
    return f"""SELECT {groups_of(events, parameters)}, count(*)::numeric, count(*), {NO_FIGURES}
        FROM events {matching(events, parameters)} {condition} GROUP BY 1"""


def of_numbers(value: str, figures: str = NO_FIGURES, *columns: str) -> Callable[[Question, Parameters], str]:
    """A SELECT of aggregates of `number`, over the events where it is one."""

    def select(question: Question, parameters: Parameters) -> str:
        rows = numbers(question.events, parameters, *columns)
        return f"SELECT groups, {value}, count(*), {figures} FROM ({rows}) AS numbers GROUP BY 1"

    return select


total = of_numbers("sum(number)", "ARRAY[coalesce(sum(amount), 0)]", "precise_total_amount_cents AS amount")
greatest = of_numbers("max(number)")
latest = of_numbers(
    "(max(ARRAY[extract(epoch FROM timestamp), extract(epoch FROM created_at), seq, number]))[4]", NO_FIGURES,
    "timestamp", "created_at", "seq",
)
