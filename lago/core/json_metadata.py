"""Notes that a client keeps on a record as one JSON object, `metadata` (03 §1.2, §1.6; 04 §9.2)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid, NotFound

MOST_KEYS = 50
LONGEST_KEY = 100
LONGEST_VALUE = 255

Notes = dict[str, Any]


def read_metadata(sent: object) -> Notes:
    """The object that was sent. Raises Invalid, in prose under `value`, if it is none, or too much."""
    if not isinstance(sent, Mapping):
        raise Invalid({"value": ["must be a Hash"]})
    if problem := _problem(sent):
        raise Invalid({"value": [problem]})
    return dict(sent)


def merged_metadata(kept: Mapping[str, Any] | None, sent: object) -> Notes | None:
    """What is kept after what was sent is laid over it; nothing sent changes nothing. Raises Invalid."""
    if not sent:
        return dict(kept) if kept is not None else None
    return read_metadata({**(kept or {}), **read_metadata(sent)})


def without_key(kept: Mapping[str, Any] | None, key: str) -> Notes:
    """What is kept without one key, known or not. Raises NotFound if nothing is kept at all."""
    if kept is None:
        raise NotFound("metadata")
    return {name: value for name, value in kept.items() if name != key}


def _problem(sent: Mapping[str, Any]) -> str | None:
    if len(sent) > MOST_KEYS:
        return f"cannot have more than {MOST_KEYS} keys"
    for key, value in sent.items():
        if len(key) > LONGEST_KEY:
            return f"key '{key[:20]}...' exceeds maximum length of {LONGEST_KEY} characters"
        if value is not None and not isinstance(value, str):
            return f"value for key '{key}' must be a String or null"
        if value is not None and len(value) > LONGEST_VALUE:
            return f"value for key '{key}' exceeds maximum length of {LONGEST_VALUE} characters"
    return None
