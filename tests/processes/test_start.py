"""The pieces of a start: the gate, the port, the kept login, and preparing a database that others have."""

import os
import socket
import stat
import subprocess
import sys
import threading

import psycopg
import pytest

from lago.supervisor import credentials, listener
from lago.supervisor.gate import VARIABLE, Gate, wait_at_gate
from lago.supervisor.migrated import is_migrated
from tests.processes.installation import PROJECT


class Worker:
    """A web process that waits; like gunicorn's, it has to show that it lives."""

    alive = True
    notices = 0

    def notify(self):
        self.notices += 1


@pytest.fixture
def waiting(monkeypatch):
    """A closed gate, a worker at it, and the thread that waits."""
    worker, gate = Worker(), Gate()
    monkeypatch.setenv(VARIABLE, str(gate.descriptor))
    thread = threading.Thread(target=wait_at_gate, args=[worker], daemon=True)
    thread.start()
    thread.join(0.7)
    with gate:
        yield worker, gate, thread


def test_worker_waits_and_shows_that_it_lives(waiting):
    worker, _, thread = waiting
    assert thread.is_alive() and worker.notices > 0


def test_opened_gate_lets_it_through(waiting):
    _, gate, thread = waiting
    gate.open()
    thread.join(5)
    assert not thread.is_alive()


def test_worker_that_is_told_to_stop_does_not_wait(waiting):
    worker, _, thread = waiting
    worker.alive = False
    thread.join(5)
    assert not thread.is_alive()


def test_without_a_gate_nobody_waits(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    wait_at_gate(Worker())


def test_port_that_is_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(listener.PortTaken, match=f"127.0.0.1:{port}: another program uses this port"):
            listener.reserve("127.0.0.1", port)


def test_host_that_is_unknown_is_named():
    with pytest.raises(listener.PortTaken, match="no-such-host.invalid:3000"):
        listener.reserve("no-such-host.invalid", 3000)


def test_login_is_kept_and_the_newest_is_shown(tmp_path):
    path = tmp_path / "var" / "credentials"
    credentials.keep(path, "http://a", {"email": "first@a.test", "password": "p", "api_key": "k"})
    credentials.keep(path, "http://a", {"email": "second@a.test", "password": None, "api_key": "k2"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "first@a.test" in path.read_text() and credentials.kept_login(path) == "login     second@a.test"


def test_login_that_the_operator_removed_is_not_missed(tmp_path):
    assert credentials.kept_login(tmp_path / "credentials") is None


@pytest.mark.parametrize(
    ("revision", "migrated"), [("0002", True), ("0001", False), ("0009", True)], ids=["newest", "older", "ahead"]
)
def test_database_is_migrated_when_it_is_at_the_newest_revision_or_ahead(new_database, revision, migrated):
    url = new_database(f"revision-{revision}").replace("+psycopg", "")
    assert not is_migrated(url, ["0002", "0001"])
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [revision])
    assert is_migrated(url, ["0002", "0001"]) is migrated


@pytest.mark.processes
def test_migrate_prepares_given_stores_once(servers, new_database, tmp_path):
    variables = {"DATABASE_URL": new_database("prepared"), "REDIS_URL": servers[1], "LAGO_DATA_DIR": str(tmp_path)}
    first, second = (migrate(variables) for _ in range(2))
    assert "password " in first and "API key " in first
    assert "login " in second and "password " not in second


def migrate(variables: dict[str, str]) -> str:
    command = [sys.executable, str(PROJECT / "app.py"), "migrate"]
    done = subprocess.run(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout
