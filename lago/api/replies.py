"""Answers as JSON."""

from typing import Any

import orjson
from flask import Response


def as_response(reply: Any, status: int = 200) -> Response:
    """`reply` as JSON; None is an empty body; a Response goes as it is."""
    if isinstance(reply, Response):
        return reply
    body = b"" if reply is None else orjson.dumps(reply)
    return Response(body, status=status, content_type="application/json; charset=utf-8")
