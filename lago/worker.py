"""The worker: hears a bell, and does what lies open in the outbox."""

import functools
import logging
import os
import time

from flask import Flask
from rq import Queue, SimpleWorker

from lago.bootstrap import create_app
from lago.core import jobs, logs
from lago.core.db import db
from lago.core.outbox import run_next
from lago.core.settings import Settings

log = logging.getLogger(__name__)

_RECYCLE_AFTER_JOBS = 5000
_TURN_S = 5.0


@functools.cache
def application() -> Flask:
    """The application of this process, made when the first bell is heard."""
    return create_app(Settings.from_env(os.environ))


def drain(queue: str) -> None:
    """Does everything that lies open, what is urgent first. What is committed from now on rings the bell again."""
    with application().app_context():
        jobs.heard(queue)
        while any(run_next(name) for name in jobs.QUEUES):
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


if __name__ == "__main__":
    main()
