"""The processes of each role, and the environment that they run in."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from lago.core.settings import Settings
from lago.supervisor import gate
from lago.supervisor.child import Child
from lago.supervisor.stores import Stores

ROLES = ("web", "worker", "scheduler")
PROJECT = Path(__file__).resolve().parent.parent.parent


def environment(settings: Settings, stores: Stores) -> dict[str, str]:
    """What every process of ours gets: our own environment, and where the stores are."""
    path = os.pathsep.join(part for part in (str(PROJECT), os.environ.get("PYTHONPATH")) if part)
    own = {
        "DATABASE_URL": stores.database_url,
        "REDIS_URL": stores.redis_url,
        "LAGO_DATA_DIR": str(settings.data_dir),
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **own}


def web(env: Mapping[str, str], web_socket: socket.socket, web_gate: gate.Gate) -> Child:
    """gunicorn on our socket; its processes wait at the gate before they serve."""
    descriptors = [web_socket.fileno(), web_gate.descriptor]
    arguments = ["--config", "python:lago.supervisor.web_server", "--bind", f"fd://{web_socket.fileno()}"]
    return Child("web", "gunicorn", arguments, env={**env, gate.VARIABLE: str(web_gate.descriptor)}, fds=descriptors)


def workers(env: Mapping[str, str], count: int) -> list[Child]:
    return [Child(f"worker {number}", "lago.worker", [], env=env) for number in range(1, count + 1)]


def scheduler(env: Mapping[str, str]) -> Child:
    return Child("scheduler", "lago.scheduler", [], env=env)
