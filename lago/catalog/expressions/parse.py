"""The parser of expressions, made from `grammar.lark`."""

from functools import cache, lru_cache
from pathlib import Path

from lark import Lark, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

LONGEST = 5_000
DEEPEST = 100
_QUOTED = 20
"""Characters of what cannot be read that a message repeats."""

_ONE_OR_TWO = ("round", "ceil", "floor")

Parsed = Tree  # type: ignore[type-arg]


class InvalidExpression(Exception):
    """The text is no expression; the message says why."""


@lru_cache(maxsize=128)
def parse(text: str) -> Parsed:
    """The tree of an expression. Raises InvalidExpression, also for over 5,000 characters or 100 levels."""
    if len(text) > LONGEST:
        raise InvalidExpression(f"More than {LONGEST} characters")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise InvalidExpression(_where(error, text)) from None
    if _depth(tree) > DEEPEST:
        raise InvalidExpression(f"More than {DEEPEST} levels of brackets")
    if not all(map(_has_right_arity, tree.find_data("call"))):
        raise InvalidExpression(f"One or two values are given to {', '.join(_ONE_OR_TWO)}")
    return tree


def _where(error: UnexpectedInput, text: str) -> str:
    position = error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "Ends too early"
    return f"Cannot be read from character {position + 1} on: {text[position:position + _QUOTED]}"


def _has_right_arity(call: Parsed) -> bool:
    """Rounding takes a value and perhaps the places; the other functions one value or more."""
    return str(call.children[0]).lower() not in _ONE_OR_TWO or len(call.children) <= 3


def _depth(tree: Parsed) -> int:
    """Counted without recursion: the text comes from outside."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in node.children if isinstance(child, Tree)]
    return deepest


@cache
def _parser() -> Lark:
    return Lark((Path(__file__).parent / "grammar.lark").read_text(), parser="lalr")
