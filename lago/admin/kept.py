"""Figures that take long are shown again for a while, instead of being computed anew.

The reference keeps all of its analytics for up to four hours (06 §5). Here pages do so alone, and only with what took
noticeably long: for two hundred times as long, so that computing takes half a percent of the time at most. What
is kept lies in the memory of the process that serves the page, and is at most so much.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from lago.core import clock

T = TypeVar("T")

NOTICEABLE_S = 0.25
TIMES_AS_LONG = 200
MOST_S = 4 * 3600
MOST_KEPT = 256


@dataclass(frozen=True)
class Kept(Generic[T]):
    """A value, when it was computed and until when it is good for, by the process's own clock."""

    value: T
    computed_at: float
    good_until: float

    @property
    def minutes(self) -> int:
        """How long ago it was computed."""
        return int(time.monotonic() - self.computed_at) // 60


_kept: OrderedDict[Hashable, Kept[Any]] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, compute: Callable[[], T]) -> Kept[T]:
    """What `compute` returns, or has returned not long ago for the same key. A sandbox, where the clock stands and
    everything is looked at closely, is computed anew each time."""
    began = time.monotonic()
    with _lock:
        found = _kept.get(key)
    if found and found.good_until > began and not clock.standing():
        return found
    value = compute()
    now = time.monotonic()
    took = now - began
    new = Kept(value, now, now + min(took * TIMES_AS_LONG, MOST_S))
    if took > NOTICEABLE_S and not clock.standing():
        _keep(key, new)
    return new


def _keep(key: Hashable, new: Kept[Any]) -> None:
    with _lock:
        _kept[key] = new
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
