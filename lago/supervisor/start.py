"""Starts roles and keeps them running until it is told to stop."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from lago.core.settings import Settings
from lago.supervisor import credentials, listener, roles
from lago.supervisor.child import Child
from lago.supervisor.gate import Gate
from lago.supervisor.lifeline import die_with_parent
from lago.supervisor.stop_request import Stopped, StopRequest
from lago.supervisor.stores import Stores
from lago.supervisor.watch import Watch, Watched, stop_all
from lago.supervisor.welcome import Welcome, tell

STOP_SECONDS = 50
WEB_FIRST_SECONDS = 10
logger = logging.getLogger(__name__)


class StartFailed(Exception):
    """The start cannot go on. The message says why."""


def run(settings: Settings, wanted: Sequence[str]) -> None:
    """Runs the roles until SIGTERM or Ctrl-C, then ends all of it: roles first, then the embedded stores.

    Raises StartFailed, PortTaken, DirectoryInUse, ServerFailed.
    """
    request = StopRequest()
    try:
        with ExitStack() as stack:
            if "web" in wanted:
                run_with_web(settings, wanted, request, stack)
            else:
                stores = Stores.open(settings, stack)
                run_to_end(["-m", "lago.supervisor.migrated"], roles.environment(settings, stores))
                late = others(settings, wanted, stores)
                stack.callback(stop_all, late, STOP_SECONDS)
                watch(request, stores.servers, late)
    except Stopped:
        logger.info("stopped while starting")


def run_with_web(settings: Settings, wanted: Sequence[str], request: StopRequest, stack: ExitStack) -> None:
    """The web role prepares the database. Its processes load meanwhile; the other roles start when it answers."""
    web_socket = stack.enter_context(listener.reserve(settings.host, settings.port))
    stores = Stores.open(settings, stack)
    gate = stack.enter_context(Gate())
    env = roles.environment(settings, stores)
    web = roles.web(env, web_socket, gate)
    late = others(settings, wanted, stores)
    stack.callback(stop_all, [web, *late], STOP_SECONDS)
    web.launch()
    made = prepare(env, settings)
    gate.open()
    watch(request, [*stores.servers, web], late, Welcome(settings, made))


def others(settings: Settings, wanted: Sequence[str], stores: Stores) -> list[Child]:
    """The processes of the other roles, not launched yet."""
    env = roles.environment(settings, stores)
    children = roles.workers(env, settings.worker_concurrency) if "worker" in wanted else []
    if "scheduler" in wanted:
        children.append(roles.scheduler(env))
    return children


def migrate(settings: Settings) -> None:
    """Only prepares the database, and tells what was made. Raises StartFailed, DirectoryInUse, ServerFailed."""
    StopRequest()
    try:
        with ExitStack() as stack:
            made = prepare(roles.environment(settings, Stores.open(settings, stack)), settings)
            tell(settings, "Prepared", made)
    except Stopped:
        raise StartFailed("stopped") from None


def prepare(env: Mapping[str, str], settings: Settings) -> dict[str, str | None] | None:
    """Migrates and makes the first organization; keeps and returns the login that was made, if one was."""
    output = run_to_end(["-m", "lago.supervisor.prepare"], env)
    made: dict[str, str | None] | None = json.loads(output.splitlines()[-1])
    if made:
        credentials.keep(settings.data_dir / "credentials", settings.api_url, made)
    return made


def run_to_end(arguments: Sequence[str], env: Mapping[str, str]) -> str:
    """The standard output of a Python program that must succeed before the start can go on. Raises StartFailed."""
    process = subprocess.Popen(
        [sys.executable, *arguments], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        output, _ = process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise StartFailed("the database could not be prepared; the reason is above")
    return output


def watch(
    request: StopRequest, running: Sequence[Watched], late: Sequence[Child], welcome: Welcome | None = None
) -> None:
    """Tends everything ten times a second until a stop is requested.

    The late ones are launched when the web role answers: earlier they would only take the processor from it.
    """
    watches = [Watch(one) for one in running]
    waiting = list(late)
    patient_until = time.monotonic() + WEB_FIRST_SECONDS
    request.only_note()
    while not request.is_made:
        if welcome is None or welcome.is_told() or time.monotonic() > patient_until:
            watches += [launched(child) for child in waiting]
            waiting.clear()
        for one in watches:
            one.tend()
        time.sleep(0.1)
    logger.info("stopping")


def launched(child: Child) -> Watch:
    child.launch()
    return Watch(child)
