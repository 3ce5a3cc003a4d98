"""What SIGTERM, Ctrl-C and a closed terminal mean: undo a start, or end the watch. Repeating it hurries nothing."""

from __future__ import annotations

import signal
from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """The operator asked to stop while things were still being started."""


class StopRequest:
    """Raises Stopped where the main thread stands, until `only_note()`; afterwards `is_made` tells."""

    def __init__(self) -> None:
        self.is_made = False
        self._raises = True
        for number in STOP_SIGNALS:
            signal.signal(number, self._receive)

    def only_note(self) -> None:
        """From now on a signal is noted, not raised. Raises Stopped if one has come already."""
        self._raises = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.is_made:
            return
        self.is_made = True
        if self._raises:
            raise Stopped
