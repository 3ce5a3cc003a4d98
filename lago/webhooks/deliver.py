"""Sends one message once. The only place that calls other people's servers (06 §4.2, §4.5)."""

import time
import uuid
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from lago.core import config
from lago.core.db import db, transaction
from lago.organizations.models import Organization
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import attempt_exists
from lago.webhooks.record_attempt import Outcome, record_attempt
from lago.webhooks.signature import signature
from lago.webhooks.time_limit import TimeLimit

KEPT_BYTES = 10_000
SANDBOX_PATIENCE_S = 5
_PHASES = 3  # connect, write, read


@dataclass(frozen=True)
class Letter:
    """All that goes over the wire, and how long each phase of the exchange may take."""

    url: str
    headers: dict[str, str]
    body: bytes
    patience_s: int


def deliver(delivery_id: uuid.UUID, number: int) -> None:
    """Makes attempt `number` (from 1) and records it, in transactions of its own, none of them open while it waits.

    A worker killed in between makes the attempt again: the receiver sees the same `X-Lago-Unique-Key`.
    """
    with transaction():
        letter = _prepare(delivery_id, number)
    if letter is None:
        return
    outcome = send(letter)
    with transaction():
        record_attempt(delivery_id, number, outcome)


def longest_exchange_s() -> int:
    """How long an attempt can take."""
    return _PHASES * config.settings().webhook_timeout_seconds


def send(letter: Letter) -> Outcome:
    """The receiver's answer, or why there was none. Redirects are answers and not followed."""
    started, limit = time.monotonic(), TimeLimit()
    try:
        with limit.of(_PHASES * letter.patience_s):
            status, text = _exchange(letter, limit)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:  # the latter: no host name at all
        status, text = None, "time limit exceeded" if limit.exceeded else _reason(error)
    return Outcome(status, text.replace("\0", ""), round((time.monotonic() - started) * 1000))


def _prepare(delivery_id: uuid.UUID, number: int) -> Letter | None:
    """The message as it is to be sent now; None if that is no longer wanted."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None or delivery.status == "succeeded" or attempt_exists(delivery_id, number):
        return None
    organization = db.session.get_one(Organization, delivery.organization_id)
    algorithm, patience_s = delivery.endpoint.signature_algo, config.settings().webhook_timeout_seconds
    headers = {
        "Content-Type": "application/json",
        "X-Lago-Signature": signature(algorithm, delivery.payload, organization.hmac_key),
        "X-Lago-Signature-Algorithm": algorithm,
        "X-Lago-Unique-Key": str(delivery.id),
    }
    if organization.sandbox:  # someone may wait for its clock
        patience_s = min(patience_s, SANDBOX_PATIENCE_S)
    return Letter(delivery.endpoint.webhook_url, headers, delivery.payload.encode(), patience_s)


def _exchange(letter: Letter, limit: TimeLimit) -> tuple[int, str]:
    request = _client().build_request(
        "POST", letter.url, content=letter.body, headers=letter.headers, timeout=letter.patience_s,
        extensions={"trace": limit.trace},
    )
    response = _client().send(request, stream=True)
    try:
        return response.status_code, _beginning(response)
    finally:
        response.close()


def _beginning(response: httpx.Response) -> str:
    kept = b""
    for chunk in response.iter_raw():
        kept += chunk
        if len(kept) >= KEPT_BYTES:
            break
    return kept[:KEPT_BYTES].decode(response.encoding or "utf-8", errors="replace")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:KEPT_BYTES]


@cache
def _client() -> httpx.Client:
    """One client of the process: it reads the trusted certificates once, and keeps no connection and no cookie."""
    return httpx.Client(
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_keepalive_connections=0),
        headers={"User-Agent": "Lago-Webhooks", "Accept-Encoding": "identity"},
    )
