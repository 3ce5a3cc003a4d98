"""One process of a role: a Python module run on its own, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from lago.supervisor.lifeline import die_with_parent


class Child:
    def __init__(
        self, name: str, module: str, arguments: Sequence[str], *, env: Mapping[str, str], fds: Sequence[int] = ()
    ) -> None:
        self.name = name
        self._argv = [sys.executable, "-m", module, *arguments]
        self._env = dict(env)
        self._fds = tuple(fds)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def ended_well(self) -> bool:
        """Whether it left by itself, having done its share (a worker that is recycled)."""
        return self._process is not None and self._process.poll() == 0

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Starts it; what an earlier run of it left behind is asked to go."""
        self._signal_group(signal.SIGTERM)
        self._process = subprocess.Popen(
            self._argv, env=self._env, pass_fds=self._fds, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip

    def ask_to_stop(self) -> None:
        """It finishes the requests or the job at hand, and goes."""
        if self._process is not None and self.is_alive():
            self._process.terminate()

    def end(self) -> None:
        """Ends whatever is left of it and of its own children."""
        self._signal_group(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
