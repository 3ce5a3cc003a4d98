"""An end to exchanges with servers that answer a byte at a time: each read is in time, the whole is not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TimeLimit:
    """Shuts the sockets of one HTTP exchange when its time is up. `trace` is httpx's request extension."""

    def __init__(self) -> None:
        self.exceeded = False
        self._sockets: list[socket.socket] = []

    @contextmanager
    def of(self, seconds: float) -> Iterator[None]:
        """Lets what happens inside take at most so long; the exchange then fails with a network error."""
        timer = threading.Timer(seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Keeps the socket that httpx has just opened."""
        if event == "connection.connect_tcp.complete":
            self._sockets.append(info["return_value"].get_extra_info("socket"))

    def _shut(self) -> None:
        self.exceeded = True
        for opened in self._sockets:
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
