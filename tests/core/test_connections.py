"""Connections that the server has ended."""

from sqlalchemy import create_engine, text

import lago.core.db  # noqa: F401  (looks after every pool)


def process_of(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_backend_pid()"))


def test_a_connection_that_the_server_ended_is_replaced(servers):
    engine, other = (create_engine(servers[0], pool_size=1) for _ in range(2))
    first = process_of(engine)
    assert process_of(engine) == first
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    assert process_of(engine) != first
    engine.dispose()
    other.dispose()
