"""SELECTs of numbers that count by the days for which they are there (01 §3.8)."""

from lago.metering.store.columns import BY_TIME, as_array, each_group, names, numbers
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import DayShares, Question


def day_of(instant: str, shares: DayShares, parameters: Parameters) -> str:
    """The local date of an instant."""
    return f"({instant} AT TIME ZONE {parameters.add(shares.zone)})::date"


def share_of_days(first_day: str, last_day: str, shares: DayShares, parameters: Parameters) -> str:
    """The days from one date to another, both included, divided by those of the period: in numeric, by the rule."""
    return f"(({last_day} - {first_day} + 1)::numeric / {parameters.add(shares.duration)})"


def prorated_sum(question: Question, parameters: Parameters) -> str:
    """What was there before the window, and what came in it; an event may be both where the window does not begin with
    a millisecond."""
    events, shares = question.events, question.shares
    assert shares
    before = f"timestamp < {parameters.add(shares.starts)}"
    within = f"timestamp >= {parameters.add(shares.floor)}"
    prorated = f"number * {_share(shares, parameters)}"
    columns = names(
        events, "sum(number) AS units", f"coalesce(sum(number) FILTER (WHERE {before}), 0) AS opening",
        f"coalesce(sum({prorated}) FILTER (WHERE {within}), 0) AS added",
        f"count(*) FILTER (WHERE {before}) + count(*) FILTER (WHERE {within}) AS events",
    )
    total = f"opening * {parameters.add(shares.opening_share)} + added"
    return f"""SELECT {as_array(events)}, {total}, events, ARRAY[units, opening] FROM (
            SELECT {columns} FROM ({numbers(events, parameters, 'timestamp')}) AS numbers {each_group(events)}
        ) AS parts"""


def prorated_numbers(question: Question, parameters: Parameters) -> str:
    events, shares = question.events, question.shares
    assert shares
    found = numbers(events, parameters, BY_TIME)
    steps = f"SELECT *, number * {_share(shares, parameters)} AS prorated FROM ({found}) AS numbers"
    return f"""SELECT {as_array(events)}, sum(number), count(*),
            array_agg(number ORDER BY {BY_TIME}) || array_agg(prorated ORDER BY {BY_TIME})
        FROM ({steps}) AS steps {each_group(events)}"""


def _share(shares: DayShares, parameters: Parameters) -> str:
    last_day = parameters.add(shares.last_day)
    return share_of_days(day_of("timestamp", shares, parameters), last_day, shares, parameters)
