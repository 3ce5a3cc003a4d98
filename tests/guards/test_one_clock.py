"""Nothing but core/clock.py asks for the time, of the system or of the database (design §6)."""

import ast
import re

import pytest

from tests.guards.sources import read, sources

ALLOWED = ("lago/core/clock.py", "lago/core/logs.py")
_ASKING = {
    "now": {"datetime", "date", "dt", "func"}, "utcnow": {"datetime", "dt"}, "today": {"datetime", "date", "dt"},
    "time": {"time"}, "time_ns": {"time"}, "localtime": {"time"}, "gmtime": {"time"},
    "current_timestamp": {"func"}, "current_date": {"func"}, "statement_timestamp": {"func"},
}
_IN_SQL = re.compile(r"\bnow\(\)|\bcurrent_(timestamp|date)\b|\b(clock|statement|transaction)_timestamp\(", re.I)


def askings(source):
    """Where the file asks for the time."""
    return source.places(node for node in ast.walk(source.tree) if _asks(node))


def _asks(node):
    if isinstance(node, ast.Attribute):
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        return owner in _ASKING.get(node.attr, ())
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(alias.name in _ASKING for alias in node.names)
    is_text_call = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("text", "literal_column")
    return is_text_call and any(isinstance(arg, ast.Constant) and _IN_SQL.search(str(arg.value)) for arg in node.args)


def test_only_the_clock_asks_for_the_time():
    assert [place for source in sources() if source.path not in ALLOWED for place in askings(source)] == []


@pytest.mark.parametrize("line", [
    "datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "column(default=datetime.now)", "time.time()",
    "from time import time", "func.now()", "text('SELECT now()')", "text('x < CURRENT_TIMESTAMP')",
])
def test_each_way_of_asking_is_seen(line):
    assert askings(read("x.py", line)) == ["x.py:1"]


def test_the_clock_and_waiting_are_no_asking():
    assert askings(read("x.py", "clock.now(); time.monotonic(); time.sleep(1); text('SELECT known')")) == []
