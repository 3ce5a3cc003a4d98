"""One PostgreSQL and one Valkey for the run; a transaction that is rolled back around each test."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from lago.bootstrap import create_app
from lago.core import clock, config, jobs
from lago.core.db import db
from lago.core.settings import Settings
from lago.embedded import EmbeddedPostgres, EmbeddedValkey
from tests.builders.organizations import Account, account

ADMIN_KEY = "admin-key"


def settings_for(database_url: str, redis_url: str, data_dir: Path, **variables: str) -> Settings:
    """Settings of an application on the given stores."""
    return Settings.from_env({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "LAGO_DATA_DIR": str(data_dir),
        "ADMIN_API_KEY": ADMIN_KEY, "LAGO_VIES_URL": "http://127.0.0.1:9/vies", **variables,
    })


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """URLs of a PostgreSQL and a Valkey that live for the run (one pair for each process of the run)."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lago-tests-")))
        database_url = stack.enter_context(EmbeddedPostgres(directory / "postgres", durable=False))
        redis_url = stack.enter_context(EmbeddedValkey(directory / "valkey"))
        yield database_url, redis_url


@pytest.fixture(scope="session")
def new_database(servers: tuple[str, str]) -> Any:
    """Makes an empty database on the run's server: `new_database("name")` gives its URL."""

    def make(name: str) -> str:
        engine = create_engine(servers[0], isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return servers[0].replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(scope="session")
def app(servers: tuple[str, str], new_database: Any, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on a migrated database. It makes no PDFs, which take longer than most tests: see `with_pdfs`."""
    database_url, data_dir = new_database("suite"), tmp_path_factory.mktemp("data")
    settings = settings_for(database_url, servers[1], data_dir, LAGO_DISABLE_PDF_GENERATION="true")
    application = create_app(settings)
    application.config["TESTING"] = False
    with application.app_context():
        upgrade()
    return application


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """An application context whose commits are savepoints of a transaction that ends with a rollback."""
    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        original = db.session.registry.createfunc
        db.session.remove()
        db.session.registry.createfunc = partial(
            Session, bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        jobs.connection().flushdb()
        yield
        db.session.remove()
        db.session.registry.createfunc = original
        outer.rollback()
        connection.close()


@pytest.fixture(scope="module")
def committing(app: Flask, servers: tuple[str, str], new_database: Any, request: pytest.FixtureRequest) -> Any:
    """An application on a database of its own, whose commits are real: for what several do at the same time."""
    others = config.settings()
    database_url = new_database(request.module.__name__)
    own = create_app(settings_for(database_url, servers[1], others.data_dir))
    with own.app_context():
        upgrade()
        yield own
        db.session.remove()
        db.engine.dispose()
    config.use(others)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """What a test writes is gone after it."""
    with rolled_back(app):
        yield


@contextmanager
def making_pdfs() -> Iterator[None]:
    """PDFs are made inside."""
    others = config.settings()
    config.use(replace(others, disable_pdf_generation=False))
    yield
    config.use(others)


@pytest.fixture
def with_pdfs(app: Flask) -> Iterator[None]:
    """PDFs are made for the test: to be named before what makes invoices."""
    with making_pdfs():
        yield


@pytest.fixture
def client(app: Flask, context: None) -> Any:
    """A bare HTTP client without a key."""
    return app.test_client()


@pytest.fixture
def owner(client: Any) -> Account:
    """Someone with an organization of his own and a key of it."""
    return account(client, "Owner")


@pytest.fixture
def outsider(client: Any) -> Account:
    """Someone from another organization."""
    return account(client, "Outsider")


@pytest.fixture
def sandbox(client: Any) -> Account:
    """Someone whose organization has a clock of its own."""
    return account(client, "Sandbox", sandbox=True)


@pytest.fixture
def count_queries(app: Flask, context: None) -> Any:
    """`with count_queries() as statements:` collects the SQL statements that are sent.

    The session forgets first what it holds, like that of a new request: what is there need not be read, and how much is
    there depends on when memory is tidied up. `forget=False`: for a test that goes on with records it holds.
    """
    @contextmanager
    def collect(forget: bool = True) -> Iterator[list[str]]:
        statements: list[str] = []
        if forget:
            db.session.expunge_all()

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect


@pytest.fixture(autouse=True)
def real_time_again() -> Iterator[None]:
    """A service called outside of a request may leave a moment behind (`clock.renew`): the next test has none."""
    yield
    clock._current.set(None)


@pytest.fixture
def frozen() -> Any:
    """`with frozen("2024-01-31T12:00:00Z"):` fixes the present."""
    return lambda moment: clock.at(datetime.fromisoformat(moment))

