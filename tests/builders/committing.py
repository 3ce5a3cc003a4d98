"""An application on a database of its own, whose commits are real: for tests with several sides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade

from lago.bootstrap import create_app
from lago.core import config
from lago.core.db import db
from tests.conftest import settings_for


@contextmanager
def committing_app(database_url: str, redis_url: str) -> Iterator[Flask]:
    """The migrated application, with its context open, for as long as the block lasts."""
    before = config.settings()
    own = create_app(settings_for(database_url, redis_url, before.data_dir))
    with own.app_context():
        upgrade()
        yield own
        db.session.remove()
        db.engine.dispose()
    config.use(before)
