"""What was changed, for people: of the activity log and of the security log (06 §6)."""

from collections.abc import Mapping
from typing import Any


def changes_in_words(changes: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """`{field: [before, after]}` as field, before and after; a part's field with a sign for each step into it."""
    named = sorted((changes or {}).items())
    return [(name.replace("_", " ").replace(".", " › "), *map(in_words, change)) for name, change in named]


def in_words(value: Any) -> str:
    """A value of JSON; an empty text where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        parts = {name.replace("_", " "): in_words(part) for name, part in value.items()}
        return "; ".join(f"{name}: {part}" for name, part in parts.items() if part)
    if isinstance(value, list):
        return ", ".join(f"({in_words(one)})" if isinstance(one, dict) else in_words(one) for one in value)
    return "" if value is None else str(value)
