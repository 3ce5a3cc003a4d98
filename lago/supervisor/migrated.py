"""Waits until the database has the tables that this version works with: `python -m lago.supervisor.migrated`.

For roles that run without the web role, which does the migrating.
"""

from __future__ import annotations

import logging
import os
import time

import psycopg
from alembic.script import ScriptDirectory

from lago.core import logs
from lago.core.settings import Settings
from lago.supervisor.roles import PROJECT

logger = logging.getLogger(__name__)


def main() -> None:
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    known = [script.revision for script in ScriptDirectory(str(PROJECT / "migrations")).walk_revisions()]
    told = False
    while not is_migrated(settings.libpq_url, known):
        if not told:
            logger.warning("waiting for the web role, or `python app.py migrate`, to bring the database up to date")
        told = True
        time.sleep(1)


def is_migrated(url: str, known: list[str]) -> bool:
    """Whether the database is at the newest of the `known` revisions, or ahead of all of them.

    `known` is newest first. Ahead it is when newer machines have joined already.
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return False
    return row is not None and (row[0] == known[0] or row[0] not in known)


if __name__ == "__main__":
    main()
