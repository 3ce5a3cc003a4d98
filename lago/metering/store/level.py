"""The SELECT of a level that events raise and lower, weighed by time (01 §3.6)."""

from collections.abc import Iterator

import orjson

from lago.metering.store.columns import as_array, each_group, names, numbers, partition
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import LevelTime, Question


def weighed_level(question: Question, parameters: Parameters) -> str:
    """Each level is divided by itself, in numeric: the digits of the quotients are part of the rule."""
    events, levels = question.events, question.levels
    assert levels
    ends, seconds = parameters.add(levels.ends), parameters.add(levels.seconds)
    last_event = "extract(epoch FROM max(timestamp) FILTER (WHERE is_event))"
    points = " UNION ALL ".join(_points(question, levels, parameters))
    return f"""SELECT {as_array(events)}, sum(level * seconds / {seconds}), count(*) FILTER (WHERE is_event),
            array_remove(ARRAY[sum(change), {last_event}], NULL)
        FROM (
            SELECT *, sum(change) OVER stretches AS level,
                extract(epoch FROM lead(timestamp, 1, {ends}) OVER stretches - timestamp) AS seconds
            FROM ({points}) AS points({names(events, 'change', 'timestamp', 'is_event')})
            WINDOW stretches AS ({partition(events)} ORDER BY timestamp ROWS UNBOUNDED PRECEDING)
        ) AS levels {each_group(events)}"""


def _points(question: Question, levels: LevelTime, parameters: Parameters) -> Iterator[str]:
    """SELECTs of groups, number, time and whether it is an event: what the level begins with, and each change of it."""
    yield numbers(question.events, parameters, "timestamp", "true")
    starts = parameters.add(levels.starts)
    if levels.opening:
        yield _opening(question, levels, starts, parameters)
    if levels.before:
        columns = names(levels.before, "sum(number)", starts, "false")
        yield f"SELECT {columns} FROM ({numbers(levels.before, parameters)}) AS before {each_group(levels.before)}"


def _opening(question: Question, levels: LevelTime, starts: str, parameters: Parameters) -> str:
    keys = parameters.add([orjson.dumps(keys).decode() for keys, _ in levels.opening])
    amounts = parameters.add([level for _, level in levels.opening])
    texts = (f"CAST(keys AS jsonb) ->> {place}" for place, _ in enumerate(question.events.group_keys))
    return f"""SELECT {', '.join((*texts, 'level', starts, 'false'))}
        FROM unnest(CAST({keys} AS text[]), CAST({amounts} AS numeric[])) AS opening(keys, level)"""
