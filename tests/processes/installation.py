"""A whole installation in a directory of its own, started as an operator starts it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from lago.supervisor.lifeline import is_zombie, wait_until

PROJECT = Path(__file__).resolve().parent.parent.parent
OWN_VARIABLES = ("DATABASE_URL", "REDIS_URL", "PORT", "HOST")


class Installation:
    def __init__(self, directory: Path, python: str = sys.executable, **popen_arguments) -> None:
        self.directory = directory
        self.data = directory / "var"
        self.port = free_port()
        self.settings: dict[str, str] = {}  # beside those that every installation of a test has
        self.first_output = ""
        self.seconds_of_later_starts: list[float] = []  # as they would be if this machine had nothing else to do
        self._python = python
        self._popen_arguments = popen_arguments
        self._output = directory / "output"

    @property
    def variables(self) -> dict[str, str]:
        """The test run's own, but for its settings."""
        ours = {name for name in os.environ if name.startswith("LAGO_") or name in OWN_VARIABLES}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        return {**inherited, "LAGO_DATA_DIR": str(self.data), "PORT": str(self.port), **self.settings}

    def start(self) -> None:
        """Returns when /health answers 200."""
        first = not self.data.exists()
        pace = slowdown()
        began = time.monotonic()
        self.start_only()
        assert wait_until(lambda: self.is_healthy() or self.process.poll() is not None, 60), self.output
        assert self.process.poll() is None, self.output
        seconds = time.monotonic() - began
        wait_until(lambda: "Ready at" in self.output, 5)
        if first:
            self.first_output = self.output
        else:
            self.seconds_of_later_starts.append(seconds / pace)

    def start_only(self) -> None:
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [self._python, str(PROJECT / "app.py")], env=self.variables, cwd=self.directory, stdout=output,
                stderr=output, start_new_session=True, **self._popen_arguments,
            )  # fmt: skip

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(90)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Another `app.py` beside this one, to its end."""
        return subprocess.run(
            [self._python, str(PROJECT / "app.py"), *arguments], env={**self.variables, **variables},
            cwd=self.directory, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def credentials(self) -> Path:
        return self.data / "credentials"

    @property
    def api_key(self) -> str:
        return self.credentials.read_text().partition("API key")[2].split()[0]

    def is_healthy(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            key = {"Authorization": f"Bearer {self.api_key}"} if path.startswith("/api") else {}
            connection.request("GET", path, headers=key)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def children(self, word: str) -> list[int]:
        """The supervisor's own children that have `word` in their command line."""
        return [pid for pid in children_of(self.process.pid) if word in command_line(pid)]

    def processes(self) -> set[int]:
        """All that descends from the supervisor."""
        found, open_ones = set(), [self.process.pid]
        while open_ones:
            pid = open_ones.pop()
            found.add(pid)
            open_ones += children_of(pid)
        return found


def children_of(pid: int) -> list[int]:
    return [child for child in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(child) == pid]


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def is_running(pid: int) -> bool:
    try:
        return not is_zombie(pid)
    except OSError:
        return False


def slowdown() -> float:
    """How many times longer than on an idle machine a piece of work takes just now."""
    began, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.2:
        pass
    return max(1.0, (time.monotonic() - began) / 0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
