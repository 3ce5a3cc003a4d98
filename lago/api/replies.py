"""Answers as JSON."""

import json
from typing import Any

import orjson
from flask import Response

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What is told to the holder of a key is for him alone, and no page."""


def as_response(reply: Any, status: int = 200) -> Response:
    """`reply` as JSON; None is an empty body; a Response goes as it is."""
    if isinstance(reply, Response):
        return reply
    body = b"" if reply is None else _as_json(reply)
    return Response(body, status=status, content_type="application/json; charset=utf-8", headers=_HEADERS)


def _as_json(reply: Any) -> bytes:
    try:
        return orjson.dumps(reply)
    except orjson.JSONEncodeError:  # a whole number of more than 64 bits, such as the cents of an absurd usage
        return json.dumps(reply).encode()
