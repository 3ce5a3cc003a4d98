"""Log lines: JSON for machines, readable text for a terminal.

`configure(level)` once per process; everybody else uses `logging.getLogger(__name__)` and passes facts as
`extra={"invoice_id": ...}`. Nobody logs keys, passwords or bodies; values under names that tell of a secret are
masked all the same.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
SECRET_WORDS = ("password", "secret", "token", "api_key", "authorization", "private_key", "database_url", "redis_url")
MASK = "[hidden]"
TALKATIVE = ("apscheduler", "alembic", "rq", "httpx", "fontTools", "xhtml2pdf")

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def set_request_id(value: str | None) -> None:
    """Names the request (or job) that the log lines of this context belong to; None ends it."""
    request_id.set(value)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Sends all logs of the process to `stream` (standard error by default). Calling it again replaces the handler."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines() if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE if level == "INFO" else ():
        logging.getLogger(name).setLevel("WARNING")


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request_id, extra fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extra_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class TextLines(logging.Formatter):
    """`12:30:01 WARNING lago.webhooks: it took long  seconds=31`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f"  {name}={on_one_line(value)}" for name, value in extra_fields(record).items())
        line = f"{moment(record):%H:%M:%S} {record.levelname} {record.name}: {record.getMessage()}{facts}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def on_one_line(value: Any) -> str:
    """`value` as text in which nothing can end the line or command the terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))


def extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    """The request's id and what the caller passed as `extra`, secrets masked."""
    given = {name: value for name, value in vars(record).items() if name not in STANDARD_FIELDS}
    identified = {"request_id": request_id.get()} if request_id.get() else {}
    return identified | {name: MASK if tells_of_secret(name) else value for name, value in given.items()}


def tells_of_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)
