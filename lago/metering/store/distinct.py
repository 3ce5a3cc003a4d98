"""SELECTs of values that are added and removed by events, counted plainly or by the days for which they are there."""

from lago.metering.store.columns import BY_TIME, NO_FIGURES, as_array, each_group, partition, rows, text_of
from lago.metering.store.conditions import Parameters
from lago.metering.store.prorated import day_of, share_of_days
from lago.metering.store.questions import EventSet, Question

_OPERATION = "coalesce(properties ->> 'operation_type', 'add')"


def distinct(question: Question, parameters: Parameters) -> str:
    """A value is added or removed by each event whose operation differs from the one before; at first it counts as
    removed (01 §3.6)."""
    events = question.events
    order = f"{partition(events, 'value')} ORDER BY {BY_TIME}"
    return f"""SELECT {as_array(events)}, sum({_change('earlier')})::numeric, count(*), {NO_FIGURES}
        FROM (
            SELECT *, lag(operation, 1, 'remove') OVER ({order}) AS earlier
            FROM ({_operations(question, parameters)}) AS operations
        ) AS changes {each_group(events)}"""


def prorated_distinct(question: Question, parameters: Parameters) -> str:
    events = question.events
    return f"""SELECT {as_array(events)}, coalesce(sum(prorated) FILTER (WHERE change = 1), 0), count(*),
            ARRAY[sum(units_of_value) FILTER (WHERE is_first)::numeric]
        FROM ({_changes(question, parameters)}) AS changes {each_group(events)}"""


def prorated_changes(question: Question, parameters: Parameters) -> str:
    events = question.events
    order = 'timestamp, value COLLATE "C", created_at, seq'
    return f"""SELECT {as_array(events)}, sum(change)::numeric, count(*),
            array_agg(change::numeric ORDER BY {order}) || array_agg(prorated ORDER BY {order})
        FROM (SELECT * FROM ({_changes(question, parameters)}) AS all_of_them WHERE change <> 0) AS changes
        {each_group(events)}"""


def _change(before: str) -> str:
    """What an operation does to its value, after the one before it: 1, -1, or nothing if it is the same."""
    return f"CASE WHEN operation = {before} THEN 0 WHEN operation = 'add' THEN 1 ELSE -1 END"


def _operations(question: Question, parameters: Parameters, *more: str) -> str:
    events = question.events
    value = f"{text_of(events, parameters)} AS value"
    return rows(events, parameters, value, f"{_OPERATION} AS operation", BY_TIME, *more)


def _by_day(events: EventSet) -> str:
    """The order of the events of a value. Time is by days first, so that one sort serves days and values."""
    return f"{partition(events, 'value')} ORDER BY day, {BY_TIME}"


def _changes(question: Question, parameters: Parameters) -> str:
    """A row for each event that changes whether its value is there, and for the first event of each value.

    `change`: 1, -1; 0 for a first event that changes nothing. `prorated`: of additions, the share of the days until
    the next change, or the end. `units_of_value`: what the value adds to the plain count.
    """
    shares = question.shares
    assert shares
    first_day, last_day = (parameters.add(day) for day in (shares.first_day, shares.last_day))
    days = share_of_days(f"greatest(day, {first_day})", f"coalesce(next_day, {last_day})", shares, parameters)
    gone = _share_of_what_is_gone(question, parameters)
    return f"""SELECT *,
            CASE WHEN change <= 0 THEN 0 WHEN next_at < {parameters.add(shares.starts)} THEN {gone} ELSE {days}
                END AS prorated
        FROM (
            SELECT *, lead(timestamp) OVER by_value AS next_at, lead(day) OVER by_value AS next_day
            FROM (
                SELECT *, earlier IS NULL AS is_first, {_change("coalesce(earlier, 'remove')")} AS change
                FROM ({_lasting(question, parameters)}) AS lasting
            ) AS all_changes
            WHERE change <> 0 OR is_first WINDOW by_value AS ({_by_day(question.events)})
        ) AS changes"""


def _share_of_what_is_gone(question: Question, parameters: Parameters) -> str:
    """What an addition that was undone before the window still counts: a day if there are groups (an oddity)."""
    assert question.shares
    return f"1::numeric / {parameters.add(question.shares.duration)}" if question.events.group_keys else "0"


def _lasting(question: Question, parameters: Parameters) -> str:
    """The operations without those removals that another operation follows on the same local day, each with the one
    before it. Where the value or one of the groups is null nothing is left out."""
    events, shares = question.events, question.shares
    assert shares
    operations = _operations(question, parameters, f"{day_of('timestamp', shares, parameters)} AS day")
    one_day = partition(events, "value", "day")
    return f"""SELECT *, lag(operation) OVER ({_by_day(events)}) AS earlier
        FROM (
            SELECT *,
                max(place) FILTER (WHERE operation <> 'remove') OVER ({one_day}) AS last_other,
                sum({_change('before')}) OVER ({partition(events, 'value')}) AS units_of_value
            FROM (
                SELECT *, row_number() OVER by_value AS place, lag(operation, 1, 'remove') OVER by_value AS before
                FROM ({operations}) AS operations
                WINDOW by_value AS ({_by_day(events)})
            ) AS placed
        ) AS days
        WHERE (
            operation = 'remove' AND last_other > place AND value IS NOT NULL
            AND array_position({as_array(events)}, NULL) IS NULL
        ) IS NOT TRUE"""
