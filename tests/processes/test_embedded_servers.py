"""PostgreSQL and Valkey from their wheels: they keep data, fit any path, and survive being killed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from lago.embedded import DirectoryInUse, EmbeddedPostgres, EmbeddedValkey, ServerFailed
from lago.supervisor.lifeline import processes_in, wait_until

pytestmark = pytest.mark.processes

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def directory():
    """A short directory, because a socket's path has a limit; open to all, because root drops its rights."""
    path = Path(tempfile.mkdtemp(prefix="lago-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def query(url, sql):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def test_postgres_finds_its_data_again(directory):
    with EmbeddedPostgres(directory / "postgres") as url:
        query(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres(directory / "postgres") as url:
        assert query(url, "SELECT answer FROM kept") == 42


def test_postgres_is_durable_unless_told_otherwise(directory):
    with EmbeddedPostgres(directory / "postgres") as url:
        shown = [query(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
        assert shown == ["on", "on", "on"]
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert query(url, "SHOW fsync") == "off"


def test_postgres_listens_on_no_port_and_keeps_utc(directory):
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert (query(url, "SHOW listen_addresses"), query(url, "SHOW timezone")) == ("", "UTC")


@pytest.mark.parametrize("name", ["with space", 'a "quote", a comma', "x" * 120, "größe"])
def test_postgres_fits_any_path(directory, name):
    with EmbeddedPostgres(directory / name / "postgres", durable=False) as url:
        assert query(url, "SELECT 1") == 1


def test_short_socket_directory_goes_with_the_server(directory):
    server = EmbeddedPostgres(directory / ("x" * 120), durable=False)
    with server as url:
        sockets = Path("/") / url.partition("host=%2F")[2].replace("%2F", "/")
        assert sockets.exists() and sockets.name.startswith("lago-postgres-")
    assert not sockets.exists()


def test_second_instance_is_refused_by_the_number_of_the_first(directory):
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        with pytest.raises(DirectoryInUse, match=f"process {os.getpid()}"):
            EmbeddedPostgres(directory / "postgres").start()
        assert query(url, "SELECT 1") == 1


def test_postgres_that_lost_its_supervisor_is_taken_over(directory):
    owner = start_elsewhere("EmbeddedPostgres", directory / "postgres")
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert query(url, "SELECT 1") == 1


def test_everything_killed_at_once_leaves_a_database_that_starts(directory):
    owner = start_elsewhere("EmbeddedPostgres", directory / "postgres")
    for pid in (owner.pid, *processes_in(directory / "postgres")):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    owner.wait()
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert query(url, "SELECT answer FROM kept") == 42


def test_server_ends_with_the_process_that_started_it(directory):
    owner = start_elsewhere("EmbeddedPostgres", directory / "postgres")
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert wait_until(lambda: not processes_in(directory / "postgres"), 10)


def test_pid_file_that_names_a_stranger_does_no_harm(directory):
    with EmbeddedPostgres(directory / "postgres", durable=False):
        pass
    (directory / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert query(url, "SELECT 1") == 1


def test_initialization_that_was_cut_short_is_done_anew(directory):
    (directory / "postgres.new" / "base").mkdir(parents=True)
    with EmbeddedPostgres(directory / "postgres", durable=False) as url:
        assert query(url, "SELECT 1") == 1


def test_failure_tells_the_end_of_the_log(directory):
    with EmbeddedPostgres(directory / "postgres", durable=False):
        pass
    (directory / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerFailed, match="(?s)did not start.*incompatible"):
        EmbeddedPostgres(directory / "postgres").start()


@as_root
def test_root_reaches_data_below_closed_directories_without_opening_them(directory):
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedPostgres(closed / "deep" / "postgres", durable=False) as url:
        assert query(url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (closed / "deep" / "postgres").stat().st_uid != 0


def test_valkey_finds_its_data_again_and_wants_its_password(directory):
    with EmbeddedValkey(directory / "with space") as url:
        redis.Redis.from_url(url).set("kept", "42")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{url.partition('@')[2]}").ping()
    with EmbeddedValkey(directory / "with space") as url:
        assert redis.Redis.from_url(url).get("kept") == b"42"


def test_password_of_valkey_is_not_among_its_arguments(directory):
    server = EmbeddedValkey(directory / "valkey")
    with server as url:
        password = url.split(":")[2].partition("@")[0]
        assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()


def test_valkey_that_is_launched_again_keeps_its_url(directory):
    server = EmbeddedValkey(directory / "valkey")
    with server as url:
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: not server.is_alive(), 5)
        server.launch()
        server.wait_until_ready()
        assert redis.Redis.from_url(url).ping()


def start_elsewhere(kind: str, path: Path) -> subprocess.Popen[str]:
    """A process of its own that runs the server, with one row in it, until it is killed."""
    program = (
        "import sys, time, psycopg; from pathlib import Path; from lago.embedded import *\n"
        f"url = {kind}(Path(sys.argv[1])).start().replace('+psycopg', '')\n"
        "psycopg.connect(url, autocommit=True).execute('CREATE TABLE kept AS SELECT 42 AS answer')\n"
        "print('up', flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None and owner.stdout.readline() == "up\n"
    return owner
