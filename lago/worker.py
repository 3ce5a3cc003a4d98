"""The worker: hears a bell, and does what lies open in the outbox.

What waits for other people's servers has threads of its own, so that a receiver of webhooks that is slow to answer
keeps neither billing waiting nor other receivers.
"""

import functools
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event

from flask import Flask
from rq import Queue, SimpleWorker

from lago.bootstrap import create_app
from lago.core import jobs, logs
from lago.core.db import db
from lago.core.outbox import run_next
from lago.core.settings import Settings

log = logging.getLogger(__name__)

_RECYCLE_AFTER_JOBS = 5000
_SENDERS = 8

_idle_senders = BoundedSemaphore(_SENDERS)
_stopping = Event()


@functools.cache
def application() -> Flask:
    """The application of this process, made when the first bell is heard."""
    return create_app(Settings.from_env(os.environ))


@functools.cache
def senders() -> ThreadPoolExecutor:
    """The threads that send webhooks; a process that ends lets them finish what they are at."""
    return ThreadPoolExecutor(_SENDERS, thread_name_prefix="sender")


def drain(queue: str) -> None:
    """Does everything that lies open, what is urgent first. What is committed from now on rings the bell again."""
    jobs.heard(queue)
    if queue in jobs.OUTSIDE:
        wake_senders()
    else:
        work(*jobs.INSIDE)


def wake_senders() -> None:
    """Has every sender that is idle look for work."""
    for _ in range(_SENDERS):
        if _idle_senders.acquire(blocking=False):
            senders().submit(send)


def send() -> None:
    """Does what lies open outside, in a thread."""
    try:
        work(*jobs.OUTSIDE)
    finally:
        _idle_senders.release()


def work(*queues: str) -> None:
    with application().app_context():
        while not _stopping.is_set() and any(run_next(queue) for queue in queues):
            pass
        db.session.remove()


def main() -> None:
    """Runs until told to stop; finishes the job at hand first. Recycled by the supervisor after many jobs."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    with application().app_context():
        connection = jobs.connection()
        queues = [Queue(name, connection=connection) for name in jobs.QUEUES]
        worker = SimpleWorker(queues, connection=connection)
        worker.work(max_jobs=_RECYCLE_AFTER_JOBS, logging_level="WARNING")
        _stopping.set()


if __name__ == "__main__":
    main()
