"""Nothing grows past what one reads at a glance, and no file attracts everything (design §4, §11)."""

import ast
from pathlib import PurePath

import pytest

from tests.guards.sources import ROOT, read, sources

MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_FILE = 400
MAGNETS = {"service", "util", "helper", "manager", "common", "misc", "base", "tool"}


def long_functions(source):
    return source.places(
        node for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    )


def is_magnet(path):
    """Whether a file or folder has a name that says nothing about what belongs there."""
    return any(part.removesuffix("s") in MAGNETS for part in PurePath(path).with_suffix("").parts)


def test_no_function_is_long():
    assert [place for source in (*sources(), *_tests()) for place in long_functions(source)] == []


def test_no_file_is_long():
    long = [(source.path, source.text.count("\n")) for source in (*sources(), *_tests())]
    assert [pair for pair in long if pair[1] > MOST_LINES_OF_A_FILE] == []


def test_no_name_attracts_everything():
    assert [source.path for source in (*sources(), *_tests()) if is_magnet(source.path)] == []


def test_a_long_function_is_seen():
    assert long_functions(read("x.py", "def long():\n" + "    pass\n" * 50)) == ["x.py:1"]
    assert long_functions(read("x.py", "def short():\n" + "    pass\n" * 49)) == []


@pytest.mark.parametrize("path", ["lago/utils.py", "lago/catalog/service.py", "lago/helpers/dates.py"])
def test_a_magnet_is_seen(path):
    assert is_magnet(path)


def _tests():
    paths = sorted((ROOT / "tests").rglob("*.py"))
    return [read(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]
