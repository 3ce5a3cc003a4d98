"""Kills (-9) the processes of a running installation, one after the other, at random."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress

from tests.processes.installation import Installation, children_of, is_running

VICTIMS = ("web process", "web process", "web process", "web server", "worker", "worker", "worker", "scheduler")
"""What may be killed, the likelier ones repeated. The supervisor restarts a web server, a worker and the scheduler;
the web server its own processes."""


def kill_at_random(installation: Installation, count: int, seed: int) -> Counter[str]:
    """Kills `count` processes, about one in a second and a half; how many of each kind."""
    chance, killed = random.Random(seed), Counter()
    while killed.total() < count:
        time.sleep(chance.uniform(0.5, 2.0))
        victim = chance.choice(VICTIMS)
        alive = [pid for pid in processes_of(installation, victim) if is_running(pid)]
        if alive:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed[victim] += 1
    return killed


def processes_of(installation: Installation, victim: str) -> list[int]:
    servers = installation.children("gunicorn")
    if victim == "web server":
        return servers
    if victim == "web process":
        return [child for server in servers for child in children_of(server)]
    return installation.children(f"lago.{victim}")
