"""What precedes serving, in a process of its own: migrations and the first organization.

`python -m lago.supervisor.prepare` writes one line of JSON to standard output: the login that was just made, or null.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import psycopg

from lago.bootstrap import create_app
from lago.commands import prepare
from lago.core import logs
from lago.core.settings import Settings

DATABASE_PATIENCE_SECONDS = 60
LOCK_NUMBER = 0x1A60  # any number that nothing else in this database locks
logger = logging.getLogger(__name__)


def main() -> int:
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    tell_of_migrations()
    try:
        with one_at_a_time(settings.libpq_url):
            made = prepare(create_app(settings))
    except psycopg.OperationalError as error:
        logger.error("the database does not answer: %s", error)
        return 1
    sys.stdout.write(json.dumps(asdict(made) if made else None) + "\n")
    return 0


def tell_of_migrations() -> None:
    """Each migration that runs is worth a line, unlike the rest of what Alembic says."""
    migrations = logging.getLogger("alembic.runtime.migration")
    migrations.setLevel("INFO")
    migrations.addFilter(lambda record: record.getMessage().startswith("Running"))


@contextmanager
def one_at_a_time(url: str) -> Iterator[None]:
    """Several machines may start at once: the first one migrates, the others wait and then find nothing to do."""
    with connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        yield


def connect(url: str) -> psycopg.Connection:
    """Waits a minute for a database that is starting too."""
    deadline = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            logger.warning("the database does not answer yet; trying again")
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
