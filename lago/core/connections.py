"""A pooled connection whose server is gone is replaced before it is used.

The server's farewell makes an idle socket readable, so looking at it tells as much as SQLAlchemy's `pool_pre_ping`,
which asks the server in three round trips: a third of what a request with one event takes.
"""

import select
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool


@event.listens_for(Pool, "checkout")
def replace_if_gone(connection: Any, *_: Any) -> None:
    """`connection` is a psycopg connection at rest. DisconnectionError has the pool open another one."""
    if connection.closed or _has_something_to_read(connection.fileno()):
        raise DisconnectionError


def _has_something_to_read(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
