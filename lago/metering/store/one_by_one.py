"""SELECTs of the numbers of events one by one, in order of time, and no more of them than are wanted."""

from lago.metering.store.columns import BY_TIME, as_array, each_group, numbers, partition
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import Portion, Question


def in_order(question: Question, parameters: Parameters) -> str:
    events = question.events
    return f"""SELECT {as_array(events)}, sum(number), count(*), array_agg(number ORDER BY {BY_TIME})
        FROM ({_wanted(question, parameters)}) AS numbers {each_group(events)}"""


def _wanted(question: Question, parameters: Parameters) -> str:
    events, portion = question.events, question.portion
    found = numbers(events, parameters, BY_TIME)
    if portion.first and not events.group_keys:
        return f"{found} ORDER BY {BY_TIME} LIMIT {parameters.add(portion.first)}"
    order = f"{partition(events)} ORDER BY {BY_TIME}"
    return _cut(found, order, portion, parameters)


def _cut(found: str, order: str, portion: Portion, parameters: Parameters) -> str:
    """The first numbers of each group; or those before which no sum has exceeded the limit; or all."""
    if portion.first:
        return f"""SELECT * FROM (
            SELECT *, row_number() OVER ({order}) AS place FROM ({found}) AS found
        ) AS placed WHERE place <= {parameters.add(portion.first)}"""
    if portion.until is None:
        return found
    return f"""SELECT * FROM (
        SELECT *, max(running) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS peak FROM (
            SELECT *, sum(number) OVER ({order} ROWS UNBOUNDED PRECEDING) AS running FROM ({found}) AS found
        ) AS sums
    ) AS peaks WHERE peak IS NULL OR peak <= {parameters.add(portion.until)}"""
