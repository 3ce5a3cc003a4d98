"""The value of an expression for one event (01 §2.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
    Subnormal,
)
from typing import Any

from lago.catalog.expressions.parse import Parsed, Tree
from lago.catalog.expressions.values import EvaluationFailed, Value, of_json, printed, result_text

__all__ = ["EvaluationFailed", "ExpressionEvent", "Value", "evaluate", "result_text"]

DIVISION_DIGITS = 100
MOST_DIGITS = 5_000
"""Of any figure on the way; sums and products are exact up to there, and fail beyond instead of being rounded."""

MOST_PLACES = 1_000
LONGEST_TEXT = 100_000
"""That `concat` makes."""

_LIMITS = {"Emax": MOST_DIGITS, "Emin": -MOST_DIGITS}
_TOO_LARGE = [InvalidOperation, Overflow, Subnormal]
_exact = Context(prec=MOST_DIGITS, traps=[*_TOO_LARGE, Inexact], **_LIMITS)
_dividing = Context(prec=DIVISION_DIGITS, rounding=ROUND_HALF_UP, traps=_TOO_LARGE, **_LIMITS)
_rounding = Context(prec=2 * MOST_DIGITS, traps=_TOO_LARGE, **_LIMITS)


@dataclass(frozen=True)
class ExpressionEvent:
    """What an expression may refer to. `seconds`: the whole seconds of the timestamp since 1970, floored."""

    code: str
    seconds: int
    properties: Mapping[str, Any]


def evaluate(parsed: Parsed, event: ExpressionEvent) -> Value:
    """A decimal or a text. Raises EvaluationFailed."""
    try:
        return _value(parsed, event)
    except (*_TOO_LARGE, Inexact):
        raise EvaluationFailed("Number out of range") from None


def _value(node: Parsed, event: ExpressionEvent) -> Value:
    return _NODES[node.data](node, event)


def _property(node: Parsed, event: ExpressionEvent) -> Value:
    name = str(node.children[0]).removeprefix("event.properties.")
    if name not in event.properties:
        raise EvaluationFailed(f"Variable: {name} not found")
    return of_json(event.properties[name])


def _arithmetic(node: Parsed, event: ExpressionEvent) -> Value:
    """Operands with operators between them, from the left."""
    result = _value(node.children[0], event)
    for sign, operand in zip(node.children[1::2], node.children[2::2], strict=True):
        right = _value(operand, event)
        result = _OPERATORS[sign](_decimal(result), _decimal(right))
    return result


def _negated(node: Parsed, event: ExpressionEvent) -> Value:
    return _exact.minus(_decimal(_value(node.children[0], event)))


def _call(node: Parsed, event: ExpressionEvent) -> Value:
    arguments = [_value(child, event) for child in node.children if isinstance(child, Tree)]
    return _FUNCTIONS[str(node.children[0]).lower()](arguments)


def _decimal(value: Value) -> Decimal:
    if isinstance(value, str):
        raise EvaluationFailed("Expected a decimal")
    return value


def _quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise EvaluationFailed("Division by zero")
    return _dividing.divide(dividend, divisor)


def _rounded(mode: str) -> Callable[[Sequence[Value]], Value]:
    """Rounds the first value at as many decimals as the second one says, its fraction cut; without it, at none."""

    def function(values: Sequence[Value]) -> Value:
        number, *rest = map(_decimal, values)
        places = rest[0].to_integral_value(ROUND_DOWN) if rest else Decimal(0)
        if places.copy_abs() > MOST_PLACES:
            raise EvaluationFailed("Number of decimals out of range")
        return number.quantize(Decimal((0, (1,), -int(places))), mode, _rounding)

    return function


def _concatenated(values: Sequence[Value]) -> Value:
    if sum(map(len, texts := [printed(value) for value in values])) > LONGEST_TEXT:
        raise EvaluationFailed("Text too long")
    return "".join(texts)


_OPERATORS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _exact.add, "-": _exact.subtract, "*": _exact.multiply, "/": _quotient,
}

_FUNCTIONS: dict[str, Callable[[Sequence[Value]], Value]] = {
    "round": _rounded(ROUND_HALF_UP),
    "ceil": _rounded(ROUND_CEILING),
    "floor": _rounded(ROUND_FLOOR),
    "least": lambda values: min(map(_decimal, values)),
    "greatest": lambda values: max(map(_decimal, values)),
    "concat": _concatenated,
}

_NODES: dict[str, Callable[[Any, ExpressionEvent], Value]] = {
    "number": lambda node, event: Decimal(node.children[0]),
    "text": lambda node, event: str(node.children[0])[1:-1],
    "code": lambda node, event: event.code,
    "timestamp": lambda node, event: Decimal(event.seconds),
    "property": _property,
    "sum": _arithmetic,
    "product": _arithmetic,
    "negated": _negated,
    "call": _call,
}
