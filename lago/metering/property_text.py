"""The text of an event's property, by which filters and groups compare it, and the number that it may be."""

import re
from decimal import Decimal
from typing import Any

import orjson

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOST_DIGITS = 500  # as where PostgreSQL tells numbers


def property_text(value: Any) -> str | None:
    """The text that PostgreSQL gives for a property (`->>`), of its value as Python reads it; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return format(Decimal(repr(value)) + 0, "f")
    return orjson.dumps(value).decode()


def property_number(value: Any) -> Decimal | None:
    """The number that a property counts as, by its text; None for what is none (01 §3.1)."""
    text = property_text(value)
    if text is None or len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)
