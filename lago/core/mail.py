"""Messages for people's mailboxes, rendered from `templates/email/` and handed to the mail server of the settings.

The only file that knows SMTP. Jobs of the outbox call `send`, nobody else: a message goes out only if what it tells of
was committed, and is tried again where the server does not take it. A message of one cause carries the same
`Message-ID` on every try, so that a mailbox which got it already can tell.
"""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lago.core import clock, config

log = logging.getLogger(__name__)

LEASE_S = 300
PATIENCE_S = 20
QUEUE = "webhooks"
"""Of jobs that send mail: it waits for other people's servers, as webhooks do."""

_TEMPLATES = Path(__file__).parents[2] / "templates" / "email"
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_SUBMISSION_PORT, _SMTPS_PORT = 587, 465


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """`cause`: what the message is about, the same on every try. `sender_name`: whose name stands at our address;
    `sender`: another address than that of the settings."""

    cause: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    sender_name: str
    sender: str | None = None
    reply_to: str | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def is_configured() -> bool:
    """Whether there is a mail server, and an address to send from."""
    settings = config.settings()
    return bool(settings.smtp_url and settings.from_email)


def render(name: str, **values: Any) -> tuple[str, str]:
    """The text and the HTML of a message: `name`.txt and `name`.html of the templates."""
    text, html = (_environment().get_template(f"{name}.{kind}").render(values) for kind in ("txt", "html"))
    return text, html


def send(letter: Letter) -> bool:
    """Hands the message to the mail server. False, with a line in the log, where none is configured.

    Raises OSError (smtplib's exceptions are some) where the server does not take it for anybody. Whom alone it does
    not take it for is told in the log: trying again would send it to the others twice.
    """
    if not is_configured():
        log.info("no mail is sent: LAGO_FROM_EMAIL and SMTP_URL are not both set", extra={"cause": letter.cause})
        return False
    receivers = [*dict.fromkeys((*letter.to, *letter.cc, *letter.bcc))]
    message = message_of(letter)
    with _connection() as connection:
        refused = connection.send_message(message, _from_address(letter), receivers)
    if refused:
        log.warning("mail was refused for some", extra={"cause": letter.cause, "refused": len(refused)})
    return True


def message_of(letter: Letter) -> EmailMessage:
    """The message as it goes over the wire; blind copies are named nowhere in it."""
    message = EmailMessage()
    message["From"] = formataddr((_one_line(letter.sender_name), _from_address(letter)))
    message["To"] = ", ".join(letter.to) or "undisclosed-recipients:;"
    if letter.cc:
        message["Cc"] = ", ".join(letter.cc)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(clock.real_now())
    message["Message-ID"] = f"<{letter.cause}@{urlsplit(config.settings().api_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    _attach(message, letter.attachments)
    return message


def _attach(message: EmailMessage, attachments: Sequence[Attachment]) -> None:
    for one in attachments:
        message.add_attachment(one.content, maintype="application", subtype="pdf", filename=one.name)


def _from_address(letter: Letter) -> str:
    return letter.sender or config.settings().from_email or ""


def _one_line(text: str) -> str:
    """Headers have no line breaks, whatever somebody calls himself."""
    return " ".join(text.split())


def _connection() -> smtplib.SMTP:
    """To the server of `SMTP_URL`: smtps:// speaks TLS from the beginning, smtp:// as soon as the server offers it. A
    password is given only over TLS, or to a server on this machine."""
    parts = urlsplit(config.settings().smtp_url or "")
    host = parts.hostname or "localhost"
    tls = _tls(host)
    if parts.scheme == "smtps":
        port = parts.port or _SMTPS_PORT
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE_S, context=tls)
    else:
        connection = smtplib.SMTP(host, parts.port or _SUBMISSION_PORT, timeout=PATIENCE_S)
    try:
        _greet(connection, host, tls)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection


def _greet(connection: smtplib.SMTP, host: str, tls: ssl.SSLContext) -> None:
    connection.ehlo()
    if isinstance(connection, smtplib.SMTP_SSL):
        return
    if connection.has_extn("starttls"):
        connection.starttls(context=tls)
        connection.ehlo()
    elif urlsplit(config.settings().smtp_url or "").username and host not in _THIS_MACHINE:
        raise smtplib.SMTPNotSupportedError("the server offers no TLS, and a password is not sent without")


def _tls(host: str) -> ssl.SSLContext:
    """The server's certificate must be good, unless it is on this machine: what goes there can be heard by nobody, and
    it mostly has a certificate of its own making."""
    context = ssl.create_default_context()
    if host in _THIS_MACHINE:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@cache
def _environment() -> Environment:
    """HTML is escaped, so that nobody's name can become markup; text is as it is."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=lambda name: (name or "").endswith(".html"),
    )
