"""A bar that grows in the terminal; a line now and then where there is no terminal."""

import sys
import time
from typing import TextIO

WIDTH = 32


class Progress:
    """Told of each step. `shows(text)` beside the bar what is going on."""

    def __init__(self, total: int, stream: TextIO = sys.stderr) -> None:
        self._total, self._done, self._stream = total, 0, stream
        self._begun = time.monotonic()
        self._lines = not stream.isatty()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def step(self, text: str) -> None:
        self._done += 1
        share = self._done / self._total
        bar = "█" * round(share * WIDTH)
        line = f"{bar:░<{WIDTH}} {share:4.0%}  {self.seconds:3.0f} s  {text}"
        if not self._lines:
            self._stream.write(f"\r\033[K{line}")
        elif self._done == self._total or self._done % max(1, self._total // 10) == 0:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        if not self._lines:
            self._stream.write("\n")
