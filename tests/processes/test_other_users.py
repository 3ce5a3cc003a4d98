"""Root starts it, and so does a user without any rights."""

import multiprocessing
import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from lago.embedded import EmbeddedPostgres, EmbeddedValkey
from tests.processes.installation import PROJECT, Installation

pytestmark = [pytest.mark.processes, pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")]


@pytest.fixture
def nobody():
    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture
def directory(nobody):
    path = Path(tempfile.mkdtemp(prefix="lago-nobody-", dir="/tmp"))
    os.chown(path, nobody["user"], nobody["group"])
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def packages(nobody):
    """Where the packages lie, if `nobody` may enter there."""
    path = sysconfig.get_path("purelib")
    if subprocess.run(["/bin/sh", "-c", 'cd "$0"', path], cwd="/", capture_output=True, **nobody).returncode != 0:
        pytest.skip("nobody may not enter the directory of the packages here")
    return path


@pytest.fixture
def python(nobody, packages, monkeypatch):
    """A Python 3.11 that `nobody` may run with the packages and the project."""
    monkeypatch.setenv("PYTHONPATH", packages)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for candidate in ("/usr/local/bin/python3.11", "/usr/bin/python3.11"):
        check = [candidate, "-c", "import os, sys, redis, psycopg_binary; os.chdir(sys.argv[1])", str(PROJECT)]
        if os.path.exists(candidate) and subprocess.run(check, cwd="/", capture_output=True, **nobody).returncode == 0:
            return candidate
    pytest.skip("nobody may run no Python with these packages here, or not enter the project")


def test_nobody_runs_the_embedded_servers(nobody, packages, directory):
    def as_nobody():
        os.setgroups([])
        os.setgid(nobody["group"])
        os.setuid(nobody["user"])
        with EmbeddedPostgres(directory / "postgres") as database, EmbeddedValkey(directory / "valkey") as cache:
            psycopg.connect(database.replace("+psycopg", "")).execute("SELECT 1")
            redis.Redis.from_url(cache).ping()

    child = multiprocessing.get_context("fork").Process(target=as_nobody)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert {path.stat().st_uid for path in directory.iterdir()} == {nobody["user"]}


def test_nobody_runs_an_installation(nobody, python, directory):
    installation = Installation(directory, python, **nobody)
    installation.start()
    assert installation.stop() == 0
