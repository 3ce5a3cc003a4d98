"""What expressions compute with: decimals and texts (01 §2.5)."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from lago.pricing.rounding import decimal_text

Value = Decimal | str

MOST_DIGITS = 500
"""Of a number in a property, on either side of the point; what is longer is a text."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class EvaluationFailed(Exception):
    """The expression has no value for this event; the text says why."""


def of_json(value: Any) -> Value:
    """A number, or a text that reads as one, is a decimal; anything else is its text, of null an empty one."""
    text = _text(value)
    if len(text) > MOST_DIGITS or not _NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:  # its exponent has too many digits
        return text
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        raise EvaluationFailed("Property nested too deeply") from None


def printed(value: Value) -> str:
    """As `concat` joins it: a decimal in plain notation with its own scale, so `1.50` stays and leading zeros go."""
    return value if isinstance(value, str) else format(value, "f")


def result_text(value: Value) -> str:
    """A result as it is stored: a decimal as "3.0", a text as it is."""
    return value if isinstance(value, str) else decimal_text(value)
