"""SELECTs of the numbers of events one by one, in order of time, and no more of them than are wanted."""

from lago.metering.store.columns import BY_TIME, by_group, numbers
from lago.metering.store.conditions import Parameters
from lago.metering.store.questions import Question


def in_order(question: Question, parameters: Parameters) -> str:
    rows = _rows(question, parameters)
    return f"""SELECT groups, sum(number), count(*), array_agg(number ORDER BY {BY_TIME})
        FROM ({rows}) AS numbers GROUP BY 1"""


def _rows(question: Question, parameters: Parameters) -> str:
    events, portion = question.events, question.portion
    rows = numbers(events, parameters, BY_TIME)
    window = f"({by_group(events)} ORDER BY {BY_TIME} ROWS UNBOUNDED PRECEDING)"
    if portion.first and not events.group_keys:
        return f"{rows} ORDER BY {BY_TIME} LIMIT {parameters.add(portion.first)}"
    if portion.first:
        return f"""SELECT * FROM (
            SELECT *, row_number() OVER {window} AS place FROM ({rows}) AS all_of_them
        ) AS placed WHERE place <= {parameters.add(portion.first)}"""
    if portion.until is None:
        return rows
    return _until(rows, window, parameters.add(portion.until))


def _until(rows: str, window: str, until: str) -> str:
    """The numbers before which no sum has exceeded it."""
    before = f"{window[:-1].replace('ROWS UNBOUNDED PRECEDING', 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING')})"
    return f"""SELECT * FROM (
        SELECT *, max(running) OVER {before} AS peak FROM (
            SELECT *, sum(number) OVER {window} AS running FROM ({rows}) AS all_of_them
        ) AS sums
    ) AS peaks WHERE peak IS NULL OR peak <= {until}"""
