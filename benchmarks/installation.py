"""An installation of its own for a benchmark, started as an operator starts it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from lago.embedded import free_port

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120


@dataclass
class Running:
    """A server that answers on `port`, the key of its one organization, and the way to its database."""

    port: int
    api_key: str
    data_dir: Path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer of an API call; for setting things up. Any status over 299 ends the run."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text)

    def database(self) -> psycopg.Connection[Any]:
        """A connection to the server's own database."""
        url = make_url(self._stores()["database_url"]).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False))

    def store_variables(self) -> dict[str, str]:
        """The environment of a process that works on the same stores."""
        stores = self._stores()
        return {
            "DATABASE_URL": stores["database_url"], "REDIS_URL": stores["redis_url"],
            "LAGO_DATA_DIR": str(self.data_dir),
        }

    def _stores(self) -> dict[str, str]:
        stores: dict[str, str] = json.loads((self.data_dir / "running.json").read_text())
        return stores


@contextmanager
def installation() -> Iterator[Running]:
    """`python app.py` on a free port and an empty data directory, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="lago-benchmark-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        running = Running(free_port(), str(uuid.uuid4()), Path(directory) / "var")
        process = subprocess.Popen(
            [sys.executable, str(PROJECT / "app.py")], env=_variables(running), cwd=directory,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        try:
            _wait_until_ready(running, process)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


def _variables(running: Running) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items()
        if not name.startswith("LAGO_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return {
        **inherited, "PORT": str(running.port), "LAGO_DATA_DIR": str(running.data_dir), "LAGO_CREATE_ORG": "true",
        "LAGO_ORG_NAME": "Benchmark", "LAGO_ORG_USER_EMAIL": "benchmark@example.com",
        "LAGO_ORG_USER_PASSWORD": uuid.uuid4().hex, "LAGO_ORG_API_KEY": running.api_key,
    }


def _wait_until_ready(running: Running, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError, RuntimeError):
            running.call("GET", "/organizations")
            return
        time.sleep(0.1)
    raise RuntimeError("the installation did not start")
