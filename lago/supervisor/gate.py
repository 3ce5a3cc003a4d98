"""Lets web processes load the application while the database is still being prepared, but serve nobody before.

The gate is a pipe that everybody inherits: it stands open once its only writer, the supervisor, has closed its end.
"""

from __future__ import annotations

import os
import select
from types import TracebackType
from typing import Protocol, Self

VARIABLE = "LAGO_WEB_GATE"


class Gate:
    """The supervisor's side; `descriptor` is for the web processes, also those that are started later."""

    def __init__(self) -> None:
        self.descriptor, self._writer = os.pipe()
        self._closed = True

    def open(self) -> None:
        if self._closed:
            os.close(self._writer)
            self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.open()
        os.close(self.descriptor)


class Waiting(Protocol):
    """A gunicorn worker: it has to show now and then that it lives."""

    alive: bool

    def notify(self) -> None: ...


def wait_at_gate(worker: Waiting) -> None:
    """Returns when the gate is open, or the worker is told to stop; at once if there is no gate."""
    descriptor = os.environ.get(VARIABLE)
    while descriptor and worker.alive and not select.select([int(descriptor)], [], [], 0.5)[0]:
        worker.notify()
