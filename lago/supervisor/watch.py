"""Starts again what dies, ever more slowly while it keeps dying."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Protocol

from lago.supervisor.child import Child
from lago.supervisor.lifeline import wait_until

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 30.0
logger = logging.getLogger(__name__)


class Watched(Protocol):
    name: str

    def is_alive(self) -> bool: ...

    def launch(self) -> None: ...


class Watch:
    """One watched process and its record. The delays double from half a second to thirty, and start anew once it
    has lived for half a minute."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self._failures = 0
        self._started = time.monotonic()
        self._again_at: float | None = None

    def tend(self) -> None:
        """To be called often. Notices a death, and starts the process again when its delay is over."""
        if self.watched.is_alive():
            return
        now = time.monotonic()
        if self._again_at is None:
            self._again_at = now + self._delay(now - self._started)
        elif now >= self._again_at:
            self._launch(now)

    def _delay(self, lived: float) -> float:
        if getattr(self.watched, "ended_well", False) and lived > STEADY_SECONDS:
            return 0.0
        self._failures = 0 if lived > STEADY_SECONDS else self._failures
        delay = float(min(FIRST_DELAY_SECONDS * 2**self._failures, LONGEST_DELAY_SECONDS))
        self._failures = min(self._failures + 1, 10)
        logger.warning("%s ended unexpectedly; it is started again in %.1f s", self.watched.name, delay)
        return delay

    def _launch(self, now: float) -> None:
        self._started, self._again_at = now, None
        try:
            self.watched.launch()
        except Exception:
            logger.exception("%s could not be started", self.watched.name)


def stop_all(children: Sequence[Child], patience: float) -> None:
    """Asks all of them to finish, waits `patience` seconds for the slowest, and ends what is left."""
    for child in children:
        child.ask_to_stop()
    if not wait_until(lambda: not any(child.is_alive() for child in children), patience):
        names = ", ".join(child.name for child in children if child.is_alive())
        logger.warning("still at work after %.0f s and ended now: %s", patience, names)
    for child in children:
        child.end()
