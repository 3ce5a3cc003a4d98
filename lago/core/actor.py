"""Who acts in the present unit of work: for the logs (06 §6)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """`source`: `api`, `front` (a page), `admin` (the operator's key), or `system` (background work). `user_agent` and
    `address`: of the request that came."""

    source: str
    user_email: str | None = None
    user_id: uuid.UUID | None = None
    api_key_id: uuid.UUID | None = None
    user_agent: str | None = None
    address: str | None = None


SYSTEM = Actor("system")

_current: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def current() -> Actor:
    """Who acts; the system where nobody was named."""
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything inside is done by `actor`."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


def as_arguments(actor: Actor) -> dict[str, str]:
    """The actor as arguments of a job; what is unknown is left out."""
    values = {"source": actor.source, "user_email": actor.user_email, "api_key_id": actor.api_key_id}
    return {name: str(value) for name, value in values.items() if value is not None}
