"""A whole installation for tests that need the real processes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes.installation import Installation

ADMIN_KEY = "admin-key"


class Furnished(Installation):
    """An installation with settings of its own, and an open door for the operator."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        super().__init__(directory)
        self._settings = {"ADMIN_API_KEY": ADMIN_KEY, **settings}

    @property
    def variables(self) -> dict[str, str]:
        return {**super().variables, **self._settings}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(**settings: str) -> Iterator[Furnished]:
    """Everything, started in an empty directory and stopped at the end. `settings`: environment variables."""
    directory = Path(tempfile.mkdtemp(prefix="lago-running-", dir="/tmp"))
    directory.chmod(0o755)
    one = Furnished(directory, settings)
    try:
        one.start()
        yield one
    finally:
        if one.process.poll() is None:
            one.stop()
        shutil.rmtree(directory, ignore_errors=True)
