"""Writes the log of API requests (06 §6)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from lago.audit.kept_body import kept_body
from lago.audit.models import ApiLog
from lago.core import clock
from lago.core.db import db

_LONGEST = 2000


@dataclass(frozen=True)
class Exchange:
    """A request that came with a valid key, and its answer. `clock_now`: where the organization's sandbox clock stands;
    `origin`: where the client says that it comes from, else the address at which it called."""

    organization_id: uuid.UUID
    api_key_id: uuid.UUID
    clock_now: datetime | None
    request_id: str
    method: str
    path: str
    client: str
    origin: str
    body: bytes
    status: int
    answer: bytes


def note_request(exchange: Exchange) -> None:
    """Adds the exchange to the log of the organization: one statement, which reads nothing."""
    now = clock.real_now()
    values: dict[str, Any] = {
        "organization_id": exchange.organization_id, "api_key_id": exchange.api_key_id,
        "request_id": exchange.request_id, "http_method": exchange.method.lower(), "http_status": exchange.status,
        "request_path": _storable(exchange.path), "client": _storable(exchange.client),
        "request_origin": _storable(exchange.origin), "request_body": kept_body(exchange.body) or {},
        "request_response": kept_body(exchange.answer),
        "logged_at": exchange.clock_now or now, "created_at": now, "updated_at": now,
    }
    db.session.execute(insert(ApiLog).values(**values))


def _storable(text: str) -> str:
    return text.replace("\0", "")[:_LONGEST].encode(errors="replace").decode()
