"""One instance per data directory: a lock that the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class DirectoryInUse(Exception):
    """Another process works on the data. The message says which."""


class DirectoryLock:
    """Locks `<directory>.lock` beside the directory; the file stays, the lock goes with the process."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises DirectoryInUse at once if another process holds it."""
        path = self._directory.with_name(self._directory.name + ".lock")
        file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip() or "unknown"
            file.close()
            raise DirectoryInUse(f"{self._directory} is in use by another instance (process {holder})") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
