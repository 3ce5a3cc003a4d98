"""A real receiver of webhooks, and shortcuts to make and send messages."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select, update

from lago.core import clock
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow, run_next
from lago.webhooks.models import WebhookAttempt, WebhookDelivery
from tests.builders.organizations import Account


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers each request with the next of `answers` (status, body, headers; None: not at all), then with 200."""

    url: str
    requests: list[Received] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]] | None] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def types(self) -> list[str]:
        return [request.json["webhook_type"] for request in self.requests]

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers.append((status, body, headers))

    def stay_silent(self) -> None:
        self.answers.append(None)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server on a free port of this machine, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = server.receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.requests.append(Received(self.path, dict(self.headers), body))
        answer = receiver.answers.pop(0) if receiver.answers else (200, b"", {})
        if answer is None:
            receiver.over.wait(20)
            return
        self.send_response(answer[0])
        for name, value in {"Content-Length": str(len(answer[1])), **answer[2]}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer[1])

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


def endpoint_at(account: Account, url: str, **values: Any) -> dict[str, Any]:
    """A webhook endpoint made through the API."""
    made: dict[str, Any] = account.post("/webhook_endpoints", {"webhook_endpoint": {"webhook_url": url, **values}})
    return made["webhook_endpoint"]


def work() -> None:
    """Does all background work whose time has come."""
    while run_next():
        pass


def let_retries_come() -> None:
    """Does the work that was put off as if its time had come."""
    with transaction():
        db.session.execute(update(OutboxRow).values(run_at=clock.real_now()))
    work()


def waits() -> list[timedelta]:
    """How long from now each piece of work in the outbox is put off."""
    return [row.run_at - clock.real_now() for row in db.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def deliveries(account: Account) -> list[WebhookDelivery]:
    """What was sent for an organization, the oldest first, as it now is."""
    query = select(WebhookDelivery).where(WebhookDelivery.organization_id == account.organization.id)
    return list(db.session.scalars(query.order_by(WebhookDelivery.seq).execution_options(populate_existing=True)))


def attempts(delivery_id: uuid.UUID) -> list[WebhookAttempt]:
    query = select(WebhookAttempt).where(WebhookAttempt.webhook_delivery_id == delivery_id)
    return list(db.session.scalars(query.order_by(WebhookAttempt.number)))
