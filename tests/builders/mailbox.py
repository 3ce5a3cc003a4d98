"""A real mail server on this machine, and what it was given."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from lago.core import config


@dataclass
class Mail:
    """One message: whom the envelope names, and what is in it."""

    sender: str
    receivers: list[str]
    message: EmailMessage

    def part(self, kind: str) -> str:
        """The text or the HTML (`plain`, `html`)."""
        body = self.message.get_body((kind,))
        assert body is not None
        text: str = body.get_content()
        return text.replace("\r\n", "\n")

    @property
    def files(self) -> dict[str, bytes]:
        """What is attached, by name."""
        return {part.get_filename() or "": part.get_content() for part in self.message.iter_attachments()}


@dataclass
class Mailbox:
    """Takes what comes, but for the next of `refusals`: answers to a whole message or, by address, to a receiver."""

    url: str = ""
    mails: list[Mail] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.unknown:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(Mail(envelope.mail_from, list(envelope.rcpt_tos), message))
        return "250 taken"


@contextmanager
def mail_server(**special: Any) -> Iterator[Mailbox]:
    """A server on a free port for as long as the block lasts; `special`: what is special about it."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=_free_port(), **special)
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def mailbox(server: Mapping[str, Any] | None = None, **changes: Any) -> Iterator[Mailbox]:
    """Our mail goes to such a server for as long as the block lasts; `changes`: of other settings."""
    others = config.settings()
    with mail_server(**(server or {})) as box:
        config.use(replace(others, **{"smtp_url": box.url, "from_email": "billing@lago.example", **changes}))
        try:
            yield box
        finally:
            config.use(others)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
