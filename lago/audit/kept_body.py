"""What the log of API requests keeps of a body: JSON as JSON, no secrets, and not more than people read."""

import re
from typing import Any

import orjson

LARGEST = 64 * 1024
"""Bytes. Of more, or of what is no JSON object, only the beginning is kept, as text."""

_BEGINNING = 4 * 1024
_TEXT = rb'"(?:[^"\\]|\\.)*"'
_SECRET = re.compile(
    rb'("[^"\\]{0,40}(?:(?:password|secret|api_?key|hmac_?key|private_?key|authorization)[^"\\]{0,40}|token)"\s*:\s*)'
    + _TEXT, re.IGNORECASE,
)
"""A name that says that its value is secret, and the value; bounded, so that no body takes long. "tokens" are none:
language models are billed by them."""

_PASSWORD_IN_ADDRESS = re.compile(rb"(?<=://)[^/@\s\"\\]{1,200}@")


def kept_body(raw: bytes) -> Any:
    """The JSON object of a body, with `[hidden]` for secrets; None for an empty one; `{"text", "bytes"}` (its beginning
    and its length) for one that is too large or no JSON object."""
    if not raw.strip():
        return None
    return (_as_json(raw) if len(raw) <= LARGEST else None) or _as_text(raw)


def _as_json(raw: bytes) -> Any:
    """None for what is no object, and for what PostgreSQL cannot keep: a NUL character in a text."""
    try:
        data = orjson.loads(without_secrets(raw))
    except (orjson.JSONDecodeError, RecursionError):
        return None
    return data if isinstance(data, dict) and b"\\u0000" not in raw else None


def _as_text(raw: bytes) -> dict[str, Any]:
    beginning = without_secrets(raw[:_BEGINNING]).decode(errors="replace")
    return {"text": beginning.replace("\0", "\N{REPLACEMENT CHARACTER}"), "bytes": len(raw)}


def without_secrets(raw: bytes) -> bytes:
    """`raw` with other values in place of those whose name says that they are secret, and of passwords in addresses."""
    return _PASSWORD_IN_ADDRESS.sub(b"[hidden]@", _SECRET.sub(rb'\1"[hidden]"', raw))
