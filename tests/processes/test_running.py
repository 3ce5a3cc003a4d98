"""A running installation, as its operator meets it."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from lago.supervisor.lifeline import wait_until
from tests.processes.installation import PROJECT, Installation

pytestmark = pytest.mark.processes


def test_first_start_tells_how_to_get_in(installation):
    shown = installation.first_output
    assert f"Ready at http://127.0.0.1:{installation.port}" in shown
    assert all(word in shown for word in ("login ", "password ", "API key ", str(installation.credentials)))


def test_login_is_kept_for_the_owner_alone(installation):
    assert stat.S_IMODE(installation.credentials.stat().st_mode) == 0o600
    assert installation.api_key in installation.first_output


def test_key_that_was_shown_opens_the_api(installation):
    assert installation.get("/api/v1/organizations")[0] in (200, 404, 405)


def test_second_instance_on_the_data_ends_with_one_clear_line(installation):
    second = installation.run(PORT=str(Installation(installation.directory).port))
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1 and "is in use by another instance" in second.stderr


def test_port_in_use_ends_with_one_clear_line(installation):
    second = installation.run(LAGO_DATA_DIR=str(installation.directory / "other"))
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1 and "another program uses this port" in second.stderr


@pytest.mark.parametrize("role", ["web", "worker", "scheduler"])
def test_single_role_says_that_it_needs_the_stores(installation, role):
    alone = installation.run(role)
    assert alone.returncode == 2 and alone.stderr.startswith("DATABASE_URL: must be set for a single role")


def test_wrong_setting_ends_with_its_name(installation):
    wrong = installation.run(PORT="none")
    assert wrong.returncode == 2 and wrong.stderr.startswith("PORT: ")


def test_unknown_role_shows_the_usage(installation):
    assert installation.run("wep").stderr.startswith("usage: ")


def test_flask_commands_join_the_stores_of_the_running_instance(installation):
    command = [sys.executable, "-m", "flask", "--app", str(PROJECT / "app.py"), "routes"]
    listed = subprocess.run(command, env=installation.variables, capture_output=True, text=True, timeout=60)
    assert listed.returncode == 0 and "/health" in listed.stdout


@pytest.mark.parametrize("word", ["lago.worker", "lago.scheduler", "gunicorn", "valkey-server", "bin/postgres"])
def test_killed_child_is_started_again(installation, word):
    before = installation.children(word)
    os.kill(before[0], signal.SIGKILL)
    assert wait_until(lambda: len(set(installation.children(word)) - {before[0]}) == len(before), 15)
    assert wait_until(installation.is_healthy, 15), installation.output
