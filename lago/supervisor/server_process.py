"""A server program that we own: away from the terminal's signals, logging to a file, ending when we end."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from lago.supervisor.lifeline import die_with_parent
from lago.supervisor.unprivileged import Account

LARGEST_LOG = 10_000_000


class ServerFailed(Exception):
    """A server that would not start or run. The message ends with the last lines of its log."""


class ServerProcess:
    def __init__(self, log: Path, end_signal: signal.Signals) -> None:
        self._log = log
        self._end_signal = end_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self.is_alive() and self._process else None

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self, argv: Sequence[str], *, account: Account | None, fds: Sequence[int] = (), given: str = "") -> None:
        """Starts the program in `/`, with `given` on its standard input. It need not be ready yet."""
        turn_over(self._log)
        identity: dict[str, Any] = account.as_popen_arguments() if account else {}
        with self._log.open("ab") as log, TemporaryFile() as stdin:
            stdin.write(given.encode())
            stdin.seek(0)
            self._process = subprocess.Popen(
                argv, cwd="/", stdin=stdin, stdout=log, stderr=log, start_new_session=True, pass_fds=tuple(fds),
                preexec_fn=die_with_parent(self._end_signal), **identity,
            )  # fmt: skip

    def stop(self, harder: Sequence[signal.Signals], patience: float) -> None:
        """Asks the program to end, waits `patience` seconds, then asks harder, signal by signal."""
        for end_signal in (self._end_signal, *harder):
            if self._process is None or not self.is_alive():
                break
            self._process.send_signal(end_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        self._process = None

    def failure(self, what: str) -> ServerFailed:
        lines = self._log.read_text(errors="replace").splitlines()[-10:] if self._log.exists() else []
        return ServerFailed("\n  ".join([f"{what}; the end of {self._log}:", *lines]))


def turn_over(log: Path) -> None:
    """Keeps one older log, so that neither grows for ever."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(log.name + ".1"))
