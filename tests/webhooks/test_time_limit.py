"""A receiver that does not answer, or never ends to, holds nobody up for long."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from lago.webhooks.deliver import Letter, send


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that sends a byte of its headers ten times a second, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.1):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    over.set()
    thread.join()
    listener.close()


def test_silence_ends_the_attempt(hook):
    hook.stay_silent()
    outcome = send(Letter(hook.url, {}, b"{}", patience_s=1))
    assert (outcome.http_status, outcome.text.split(":")[0]) == (None, "ReadTimeout")
    assert 900 < outcome.duration_ms < 2500


def test_an_answer_by_the_byte_ends_with_the_attempt(dripping):
    started = time.monotonic()
    outcome = send(Letter(dripping, {}, b"{}", patience_s=0.5))
    assert (outcome.http_status, outcome.text) == (None, "time limit exceeded")
    assert time.monotonic() - started < 3
