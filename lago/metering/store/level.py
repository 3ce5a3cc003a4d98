"""The SELECT of a level that events raise and lower, weighed by time (01 §3.6)."""

import orjson

from lago.metering.store.columns import by_group, numbers
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import LevelTime, Question


def weighed_level(question: Question, parameters: Parameters) -> str:
    """Each level is divided by itself, in numeric: the digits of the quotients are part of the rule."""
    levels = question.levels
    assert levels
    ends = parameters.add(levels.ends)
    points = " UNION ALL ".join(_points(question, levels, parameters))
    last_event = "extract(epoch FROM max(timestamp) FILTER (WHERE is_event))"
    return f"""SELECT groups, sum(level * seconds / {parameters.add(levels.seconds)}),
            count(*) FILTER (WHERE is_event), array_remove(ARRAY[sum(change), {last_event}], NULL)
        FROM (
            SELECT groups, timestamp, change, is_event, sum(change) OVER stretches AS level,
                extract(epoch FROM lead(timestamp, 1, {ends}) OVER stretches - timestamp) AS seconds
            FROM ({points}) AS points(groups, change, timestamp, is_event)
            WINDOW stretches AS ({by_group(question.events)} ORDER BY timestamp ROWS UNBOUNDED PRECEDING)
        ) AS levels GROUP BY 1"""


def _points(question: Question, levels: LevelTime, parameters: Parameters) -> list[str]:
    """SELECTs of groups, number, time and whether it is an event: what the level begins with, and each change of it."""
    starts = parameters.add(levels.starts)
    points = [f"SELECT * FROM ({numbers(question.events, parameters, 'timestamp', 'true')}) AS changes"]
    if levels.opening:
        points.append(_opening(levels, starts, parameters))
    if levels.before:
        rows = numbers(levels.before, parameters)
        points.append(f"SELECT groups, sum(number), {starts}, false FROM ({rows}) AS before GROUP BY 1")
    return points


def _opening(levels: LevelTime, starts: str, parameters: Parameters) -> str:
    keys = parameters.add([orjson.dumps(keys).decode() for keys, _ in levels.opening])
    amounts = parameters.add([level for _, level in levels.opening])
    return f"""SELECT ARRAY(SELECT jsonb_array_elements_text(keys::jsonb)), level, {starts}, false
        FROM unnest(CAST({keys} AS text[]), CAST({amounts} AS numeric[])) AS opening(keys, level)"""
