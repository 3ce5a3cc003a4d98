"""Stopping an installation, gently and not: nothing is left running, and the data is found again."""

import http.client
import os
import signal
import time
from contextlib import suppress

import pytest

from lago.supervisor.lifeline import wait_until
from tests.processes.installation import is_running

pytestmark = pytest.mark.processes

BODY = b'{"organization": {"timezone": "UTC"}}'


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_leaves_no_process_and_the_next_start_finds_the_data(installation, number):
    processes = installation.processes()
    assert len(processes) > 6
    assert installation.stop(number) == 0
    assert not any(is_running(pid) for pid in processes)
    installation.start()
    assert "login " in installation.output and "password " not in installation.output
    assert installation.get("/api/v1/organizations")[0] != 401


def test_a_later_start_takes_under_five_seconds(installation):
    assert min(installation.seconds_of_later_starts) < 5


def test_request_at_work_is_finished_before_the_stop(installation):
    connection = half_a_request(installation)
    installation.process.terminate()
    time.sleep(1)
    connection.send(BODY[20:])
    assert connection.getresponse().status == 200
    assert installation.process.wait(60) == 0
    installation.start()


def test_killed_supervisor_takes_everything_with_it(installation):
    processes = installation.processes()
    installation.process.kill()
    installation.process.wait()
    assert wait_until(lambda: not any(is_running(pid) for pid in processes), 40)
    installation.start()


def test_everything_killed_at_once_starts_again_with_its_data(installation):
    for pid in installation.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    installation.process.wait()
    installation.start()
    assert installation.get("/api/v1/organizations")[0] != 401


def test_stop_during_the_start_leaves_no_process(installation):
    installation.stop()
    for delay in (0.6, 1.4):
        assert stop_after(installation, delay) in (0, -signal.SIGTERM)
    installation.start()


def stop_after(installation, delay):
    """Starts, and stops after `delay` seconds, ready or not; asserts that nothing is left. The exit code."""
    installation.start_only()
    time.sleep(delay)
    processes = installation.processes()
    code = installation.stop()
    assert not any(is_running(pid) for pid in processes)
    return code


def half_a_request(installation) -> http.client.HTTPConnection:
    """A request whose body has only begun to arrive."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
    connection.putrequest("PUT", "/api/v1/organizations")
    connection.putheader("Authorization", f"Bearer {installation.api_key}")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(BODY)))
    connection.endheaders()
    connection.send(BODY[:20])
    time.sleep(0.5)
    return connection
