"""Only core/db.py commits, and the edges ask the database nothing (design §2, §11)."""

import ast

import pytest

from tests.guards.sources import calls, read, sources

_STATEMENTS = {"select", "insert", "update", "delete", "text"}
_EDGES = ("lago/api/", "lago/admin/")
_PROBES = ("lago/api/operations.py",)


def commits(source):
    return source.places(calls(source.tree, "commit"))


def statements(source):
    """Where the file makes SQL itself."""
    return source.places(
        node for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        and _STATEMENTS.intersection(alias.name for alias in node.names)
    )


def test_only_the_database_module_commits():
    assert {place.split(":")[0] for source in sources() for place in commits(source)} == {"lago/core/db.py"}


def test_the_edges_ask_the_slices():
    edges = [source for source in sources() if source.path.startswith(_EDGES) and source.path not in _PROBES]
    assert [place for source in edges for place in statements(source)] == []


@pytest.mark.parametrize("line", ["db.session.commit()", "connection.commit()"])
def test_a_commit_is_seen(line):
    assert commits(read("x.py", line)) == ["x.py:1"]


def test_a_query_is_seen():
    assert statements(read("x.py", "from sqlalchemy import func, select")) == ["x.py:1"]
