"""What gunicorn refuses by itself, before there is a request: said in the contract's error form (06 §2.2)."""

import json
from typing import Any

from gunicorn import util


def install() -> None:
    """Replaces gunicorn's pages of HTML, for which it has no setting."""
    util.write_error = write_error


def write_error(sock: Any, status_int: int, reason: str, mesg: str) -> None:
    """Sends the status and its name; `mesg`, which repeats what was sent, is for the log alone."""
    body = json.dumps({"status": status_int, "error": reason})
    head = (
        f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, (head + body).encode("latin-1"))
