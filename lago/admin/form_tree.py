"""Forms with rows inside of rows: `charges.0.filters.1.name` is a field of the second filter of the first charge.

A form as it was sent becomes a tree of objects, lists and texts. The names of its lists of rows are numbers between
dots; a name that ends in `[]` stands for all the values that were chosen under it.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from werkzeug.datastructures import MultiDict

Tree = dict[str, Any]

MOST_DIGITS = 6
CHOSEN = "[]"


def read_tree(form: MultiDict[str, str]) -> Tree:
    """The tree of a form; texts without NULs and with the line breaks of here, whatever browsers make of them."""
    tree: Tree = {}
    for name, values in form.lists():
        *way, last = name.removesuffix(CHOSEN).split(".")
        texts = [value.replace("\0", "").replace("\r\n", "\n") for value in values]
        node = _node(tree, way)
        if node is not None:
            node.setdefault(last, texts if name.endswith(CHOSEN) else texts[-1])
    return {name: _with_rows(value) for name, value in tree.items()}


def changed(tree: Tree, change: str) -> Tree:
    """The tree with one more row for `add:charges.0.filters`, without one for `remove:charges.2`.

    A change that names nothing, or is none of these, changes nothing.
    """
    verb, _, path = change.partition(":")
    tree = deepcopy(tree)
    if verb == "add" and isinstance(rows := _rows(tree, path), list):
        rows.append({})
    if verb == "remove":
        path, _, place = path.rpartition(".")
        rows = at(tree, path)
        if isinstance(rows, list) and _is_place(place) and int(place) < len(rows):
            del rows[int(place)]
    return tree


def at(tree: Tree, path: str) -> Any:
    """What lies at `charges.0.price`; None if there is nothing."""
    node: Any = tree
    for part in path.split("."):
        if isinstance(node, list):
            node = node[int(part)] if _is_place(part) and int(part) < len(node) else None
        else:
            node = node.get(part) if isinstance(node, Mapping) else None
    return node


def rows_of(node: Mapping[str, Any], name: str) -> list[Tree]:
    """The rows under a name, whatever was sent."""
    rows = node.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def part_of(node: Mapping[str, Any], name: str) -> Tree:
    """The object under a name, whatever was sent."""
    part = node.get(name)
    return part if isinstance(part, dict) else {}


def text_of(node: Mapping[str, Any], name: str) -> str:
    """The text under a name without surrounding blanks, whatever was sent."""
    value = node.get(name)
    return value.strip() if isinstance(value, str) else ""


def chosen_of(node: Mapping[str, Any], name: str) -> list[str]:
    """The values chosen under a name, whatever was sent."""
    values = node.get(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def fields_under(path: str, node: Any) -> list[tuple[str, str]]:
    """The names and values of all that lies under a path, as a form sends them."""
    if isinstance(node, dict):
        return [field for name, part in node.items() for field in fields_under(f"{path}.{name}", part)]
    if not isinstance(node, list):
        return [(path, node)] if node else []
    if all(isinstance(value, str) for value in node):
        return [(f"{path}{CHOSEN}", value) for value in node]
    return [field for place, row in enumerate(node) for field in fields_under(f"{path}.{place}", row)]


def _rows(tree: Tree, path: str) -> Any:
    """The rows at a path, which begin with the first one that is added."""
    parent, _, name = path.rpartition(".")
    node = at(tree, parent) if parent else tree
    return node.setdefault(name, []) if isinstance(node, dict) else None


def _node(tree: Tree, way: list[str]) -> Tree | None:
    node: Any = tree
    for part in way:
        node = node.setdefault(part, {}) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def _with_rows(value: Any) -> Any:
    """Objects whose names are all numbers as lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(map(_is_place, value)):
        return [_with_rows(value[place]) for place in sorted(value, key=int)]
    return {name: _with_rows(part) for name, part in value.items()}


def _is_place(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS
