"""Starts roles and keeps them running until it is told to stop."""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from lago.core.settings import Settings
from lago.supervisor import credentials, listener
from lago.supervisor.child import Child
from lago.supervisor.lifeline import die_with_parent
from lago.supervisor.stop_request import Stopped, StopRequest
from lago.supervisor.stores import Stores
from lago.supervisor.watch import Watch, Watched, stop_all

ROLES = ("web", "worker", "scheduler")
STOP_SECONDS = 50
WEB_FIRST_SECONDS = 10
PROJECT = Path(__file__).resolve().parent.parent.parent
logger = logging.getLogger(__name__)


class StartFailed(Exception):
    """The start cannot go on. The message says why."""


def run(settings: Settings, roles: Sequence[str]) -> None:
    """Runs the roles until SIGTERM or Ctrl-C, then ends all of it: roles first, then the embedded stores.

    Raises StartFailed, PortTaken, DirectoryInUse, ServerFailed.
    """
    request = StopRequest()
    try:
        with ExitStack() as stack:
            web_socket = stack.enter_context(listener.reserve(settings.host, settings.port)) if "web" in roles else None
            stores = Stores.open(settings, stack)
            env = environment(settings, stores)
            made = prepare(env, settings) if "web" in roles else None
            children = [child for role in roles for child in processes(role, settings, env, web_socket)]
            stack.callback(stop_all, children, STOP_SECONDS)
            watch(request, stores.servers, children, Welcome(settings, made) if web_socket else None)
    except Stopped:
        logger.info("stopped while starting")


def migrate(settings: Settings) -> None:
    """Only prepares the database, and tells what was made. Raises StartFailed, DirectoryInUse, ServerFailed."""
    StopRequest()
    try:
        with ExitStack() as stack:
            made = prepare(environment(settings, Stores.open(settings, stack)), settings)
            credentials.welcome(settings.data_dir / "credentials", settings.api_url, made)
    except Stopped:
        raise StartFailed("stopped") from None


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


def prepare(env: Mapping[str, str], settings: Settings) -> dict[str, str | None] | None:
    """Migrates and makes the first organization; keeps and returns the login that was made, if one was."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lago.supervisor.prepare"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        text=True, start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        output, _ = process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise StartFailed("the database could not be prepared; the reason is above")
    made: dict[str, str | None] | None = json.loads(output.splitlines()[-1])
    if made:
        credentials.keep(settings.data_dir / "credentials", settings.api_url, made)
    return made


def processes(role: str, settings: Settings, env: Mapping[str, str], web_socket: socket.socket | None) -> list[Child]:
    if role == "web" and web_socket is not None:
        descriptor = web_socket.fileno()
        arguments = ["--config", "python:lago.supervisor.web_server", "--bind", f"fd://{descriptor}"]
        return [Child("web", "gunicorn", arguments, env=env, fds=[descriptor])]
    if role == "worker":
        return [Child(f"worker {n}", "lago.worker", [], env=env) for n in range(1, settings.worker_concurrency + 1)]
    return [Child("scheduler", "lago.scheduler", [], env=env)]


class Welcome:
    """Tells once, when the web role answers for the first time."""

    def __init__(self, settings: Settings, made: Mapping[str, str | None] | None) -> None:
        self._settings = settings
        self._made = made
        self.told = False

    def tell_when_ready(self) -> None:
        if not self.told and self._answers():
            self.told = True
            credentials.welcome(self._settings.data_dir / "credentials", self._settings.api_url, self._made)

    def _answers(self) -> bool:
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._settings.host, self._settings.host)
        connection = http.client.HTTPConnection(local.strip("[]"), self._settings.port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def watch(
    request: StopRequest, servers: Sequence[Watched], children: Sequence[Child], welcome: Welcome | None
) -> None:
    """Launches the children and tends all of them ten times a second, until a stop is requested.

    The web role comes first: the others would only take the processor from it while people wait.
    """
    watches = [Watch(server) for server in servers]
    waiting = list(children)
    patient_until = time.monotonic() + WEB_FIRST_SECONDS
    request.only_note()
    while not request.is_made:
        others_too = welcome is None or welcome.told or time.monotonic() > patient_until
        for child in [child for child in waiting if others_too or child.name == "web"]:
            child.launch()
            waiting.remove(child)
            watches.append(Watch(child))
        for one in watches:
            one.tend()
        if welcome:
            welcome.tell_when_ready()
        time.sleep(0.1)
    logger.info("stopping")
