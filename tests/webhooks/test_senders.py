"""A worker sends in several threads: a slow receiver keeps nobody else waiting, and nothing is sent twice."""

import time
import uuid

import pytest

from lago import worker
from lago.core import config
from lago.core.outbox import run_next
from tests.builders.catalog import a_metric
from tests.builders.organizations import account
from tests.builders.webhooks import endpoint_at, receiver

MESSAGES = 6


@pytest.fixture
def sending(committing, monkeypatch):
    """Someone whose messages the senders of this process are to send."""
    monkeypatch.setattr(worker, "application", lambda: committing)
    yield account(committing.test_client(), f"Sender {uuid.uuid4().hex[:8]}")
    held = [worker._idle_senders.acquire(timeout=10) for _ in range(worker._SENDERS)]  # none is at work any more
    worker._idle_senders.release(sum(held))


def _send(awaited):
    while run_next("default"):
        pass
    started = time.monotonic()
    worker.drain("webhooks")
    while not awaited() and time.monotonic() - started < 10:
        time.sleep(0.02)
    return time.monotonic() - started


def test_a_receiver_that_does_not_answer_keeps_no_other_waiting(sending, hook):
    with receiver() as silent:
        for _ in range(MESSAGES):
            silent.stay_silent()
        endpoint_at(sending, silent.url)
        endpoint_at(sending, hook.url)
        for number in range(MESSAGES):
            a_metric(sending, f"m{number}")
        assert _send(lambda: len(hook.requests) == len(silent.requests) == MESSAGES) < 5
        assert config.settings().webhook_timeout_seconds == 30
        keys = [request.headers["X-Lago-Unique-Key"] for request in hook.requests + silent.requests]
    assert len(keys) == len(set(keys)) == 2 * MESSAGES
