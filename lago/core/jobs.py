"""Named functions of background work, and the bell that wakes a worker for them.

A job is found by its name, so that a lower slice can ask for work of a higher one without importing it.
What is to be done lies in PostgreSQL (core/outbox.py); Redis only carries the bell.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

log = logging.getLogger(__name__)

AT_ONCE = ("default",)
"""The queues of what counts for whatever happens later: a sandbox clock has it done before it moves on."""

INSIDE = (*AT_ONCE, "low")
"""The queues of what we do ourselves, the most urgent first."""

OUTSIDE = ("webhooks",)
"""The queues of what waits for other people's servers: nothing else is behind it."""

QUEUES = INSIDE + OUTSIDE

_BELL_LIFETIME_S = 30

Lease = int | Callable[[], int] | None


@dataclass(frozen=True)
class Job:
    """`lease_s` None: runs inside the transaction that also deletes its outbox row, so its effect happens once.
    A number, or what gives one: it opens transactions of its own and may take that long before another worker
    may take over; doing it twice must be the same as doing it once. `batch` over 1 (with a lease): the function
    takes a list of arguments, of at most so many pieces of work."""

    name: str
    function: Callable[..., None]
    queue: str
    lease_s: Lease
    batch: int = 1


JOBS: dict[str, Job] = {}
_redis: Redis | None = None


def job(
    name: str, *, queue: str = "default", lease_s: Lease = None, batch: int = 1
) -> Callable[[Callable[..., None]], Any]:
    """Registers a function under `name` ("slice.verb")."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if name in JOBS:
            raise ValueError(f"two jobs are named {name}")
        JOBS[name] = Job(name, function, queue, lease_s, batch)
        return function

    return register


def use_redis(url: str) -> Redis:
    """Opens the connection that bells (and the sign-in limit) go through."""
    global _redis
    _redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
    return _redis


def connection() -> Redis:
    """The connection made by `use_redis`."""
    if _redis is None:
        raise RuntimeError("use_redis() was not called")
    return _redis


def ring(queue: str) -> None:
    """Wakes a worker for `queue`, at most one bell at a time. Without Redis the sweep finds the work later."""
    try:
        if connection().set(_bell(queue), 1, nx=True, ex=_BELL_LIFETIME_S):
            Queue(queue, connection=connection()).enqueue(
                "lago.worker.drain", queue, result_ttl=0, failure_ttl=3600, job_timeout=-1
            )
    except RedisError as error:
        log.warning("bell not rung: %s", error)


def heard(queue: str) -> None:
    """To be called before the outbox is read: what is committed from now on rings anew."""
    connection().delete(_bell(queue))


def _bell(queue: str) -> str:
    return f"lago:bell:{queue}"
