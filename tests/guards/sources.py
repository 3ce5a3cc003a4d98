"""The project's own Python files, parsed."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """A file: its path from the project's root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def places(self, nodes: Iterator[ast.AST]) -> list[str]:
        return [f"{self.path}:{getattr(node, 'lineno', 0)}" for node in nodes]


@cache
def sources() -> tuple[Source, ...]:
    """All of `lago/` and `app.py`."""
    paths = [ROOT / "app.py", *sorted((ROOT / "lago").rglob("*.py"))]
    return tuple(read(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths)


def read(path: str, text: str) -> Source:
    return Source(path, text, ast.parse(text))


@cache
def layers() -> list[list[str]]:
    """The layers of `lago`, the highest first, each with the names that stand side by side in it."""
    contracts: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    [found] = [contract for contract in contracts if contract["id"] == "layers"]
    return [[name.strip() for name in layer.replace(":", "|").split("|")] for layer in found["layers"]]


def height(module: str) -> int:
    """How high the layer of a module is: the lowest has 0."""
    name = module.split(".")[1]
    [found] = [index for index, layer in enumerate(reversed(layers())) if name in layer]
    return found


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Calls of functions with one of these names, however they are reached."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in names:
            yield node


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
