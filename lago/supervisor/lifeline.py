"""Processes that must not outlive us, and those that did all the same.

Both ways need Linux (prctl and /proc); elsewhere a killed supervisor leaves its children to themselves.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(end_signal: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program: it gets `end_signal` when the thread that started it is gone."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(end_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def end_survivors(directory: Path, signals: tuple[signal.Signals, ...], patience: float) -> None:
    """Ends the server processes that an earlier, killed supervisor left at work in `directory`.

    They are known by their working directory, never by a number from a file, which may be someone else's by now.
    Each signal in turn goes to those that are left, with `patience` seconds in between.
    """
    for end_signal in signals:
        left = processes_in(directory)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, end_signal)
        if not left or wait_until(lambda: not processes_in(directory), patience):
            return


def processes_in(directory: Path) -> list[int]:
    """Process ids, lowest first, of those whose working directory is `directory`."""
    if not Path("/proc/self/cwd").exists() or not directory.exists():
        return []
    wanted = directory.stat()
    with acting_as(wanted.st_uid, wanted.st_gid):
        return sorted(pid for pid in every_pid() if pid != os.getpid() and works_in(pid, wanted))


def every_pid() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def works_in(pid: int, directory: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), directory) and not is_zombie(pid)
    except OSError:
        return False


def is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@contextmanager
def acting_as(uid: int, gid: int) -> Iterator[None]:
    """Root takes the owner's effective identity: in a container root may not look into others' processes."""
    if os.geteuid() != 0 or uid == 0:
        yield
        return
    before = os.getegid()
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(before)


def wait_until(done: Callable[[], bool], patience: float) -> bool:
    """Whether `done` came true within `patience` seconds; asks twenty times a second."""
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
