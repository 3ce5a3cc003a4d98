"""The one source of "now".

Nothing else in the package asks the system for the time (a guard test sees to it). A unit of work (a
request, a job, a due moment) runs under one fixed moment, so that all it writes agrees; an organization
with a sandbox clock lives at the moment on which its clock stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class _Moment:
    instant: datetime
    standing: bool


_current: ContextVar[_Moment | None] = ContextVar("clock_moment", default=None)


def real_now() -> datetime:
    """The system's time, aware, in UTC: for leases, retries and log-ins, which sandbox clocks don't move."""
    return datetime.now(UTC)


def now() -> datetime:
    """The moment of the present unit of work, aware, in UTC; the system's time outside of one."""
    moment = _current.get()
    return moment.instant if moment else real_now()


def standing() -> datetime | None:
    """The moment on which a sandbox clock stands, or None under real time."""
    moment = _current.get()
    return moment.instant if moment and moment.standing else None


@contextmanager
def at(instant: datetime, *, standing: bool = False) -> Iterator[None]:
    """Makes `instant` the "now" of everything inside. `standing`: it is a sandbox clock's."""
    token = _current.set(_Moment(instant.astimezone(UTC), standing))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def of(clock_now: datetime | None) -> Iterator[None]:
    """The clock of an organization: where its sandbox clock stands, else the system's time, read once."""
    with at(clock_now or real_now(), standing=clock_now is not None):
        yield


def renew(clock_now: datetime | None) -> None:
    """The unit of work has waited, and goes on as of a later "now": as `of` would begin one."""
    _current.set(_Moment((clock_now or real_now()).astimezone(UTC), clock_now is not None))
