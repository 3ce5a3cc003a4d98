"""Expressions that compute a property of an event (01 §2.5): parsed once, exact decimals, no `eval`."""

from lago.catalog.expressions.evaluate import EvaluationFailed, ExpressionEvent, Value, evaluate, result_text
from lago.catalog.expressions.parse import InvalidExpression, parse

__all__ = ["EvaluationFailed", "ExpressionEvent", "InvalidExpression", "Value", "evaluate", "parse", "result_text"]
