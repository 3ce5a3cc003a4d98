"""The two stores of an installation: those that the settings name, else the embedded ones."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from lago.core.settings import Settings
from lago.embedded import DirectoryInUse, EmbeddedPostgres, EmbeddedServer, EmbeddedValkey


class Stores:
    """The stores, open for the life of an ExitStack; `servers` are the embedded ones among them."""

    def __init__(self, database_url: str, redis_url: str, servers: tuple[EmbeddedServer, ...]) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        self.servers = servers

    @classmethod
    def open(cls, settings: Settings, stack: ExitStack) -> Self:
        """Starts what the settings do not name, and writes down where it is, for `flask` commands beside us.

        Raises DirectoryInUse, ServerFailed.
        """
        postgres = None if settings.database_url else EmbeddedPostgres(settings.data_dir / "postgres")
        valkey = None if settings.redis_url else EmbeddedValkey(settings.data_dir / "valkey")
        database_url = stack.enter_context(postgres) if postgres else settings.database_url or ""
        redis_url = stack.enter_context(valkey) if valkey else settings.redis_url or ""
        stores = cls(database_url, redis_url, tuple(server for server in (postgres, valkey) if server))
        if stores.servers:
            stack.callback(note_path(settings).unlink, missing_ok=True)
            stores._write_down(note_path(settings))
        return stores

    def _write_down(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"database_url": self.database_url, "redis_url": self.redis_url}, file)


def note_path(settings: Settings) -> Path:
    return settings.data_dir / "running.json"


def join(settings: Settings, stack: ExitStack) -> Settings:
    """The settings with both stores in them: named, or those of the instance that runs on the data, or our own."""
    if settings.database_url and settings.redis_url:
        return settings
    try:
        stores = Stores.open(settings, stack)
    except DirectoryInUse:
        note = note_path(settings)
        if not note.exists():
            raise
        return settings.with_stores(**json.loads(note.read_text(encoding="utf-8")))
    return settings.with_stores(database_url=stores.database_url, redis_url=stores.redis_url)
