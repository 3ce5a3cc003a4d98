"""Runs migrations on the database of the Flask application at hand. Logging is the application's."""

from alembic import context
from flask import current_app
from sqlalchemy import text

LOCK_KEY = 7_240_001
LOCK_TIMEOUT = "5s"


def plain_type(kind: str, value: object, context: object) -> str | bool:
    """A column of an encrypted type is a text to the database: migrations don't import the application."""
    return "sa.Text()" if kind == "type" and type(value).__name__ == "Encrypted" else False


def migrate() -> None:
    """One transaction; a second migrator waits, and no statement waits long for a table that is in use."""
    engine = current_app.extensions["migrate"].db.engine
    metadata = current_app.extensions["migrate"].db.metadata
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True, render_item=plain_type)
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            context.run_migrations()


migrate()
