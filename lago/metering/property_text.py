"""The text of an event's property, by which filters and groups compare it."""

from decimal import Decimal
from typing import Any

import orjson


def property_text(value: Any) -> str | None:
    """The text that PostgreSQL gives for a property (`->>`), of its value as Python reads it; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return format(Decimal(repr(value)) + 0, "f")
    return orjson.dumps(value).decode()
