"""The scheduler: a table of cadences and what to look for. It only finds work; workers do it."""

import os

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from lago.bootstrap import create_app
from lago.core import clock, due, jobs, logs, outbox
from lago.core.db import db, transaction
from lago.core.settings import Settings


def find_due_work() -> None:
    """Customers for whom something fell due, however long ago: an outage is caught up by the first run after it."""
    with transaction():
        due.find(clock.real_now())


def sweep_outbox() -> None:
    """Rings for work that nobody took: its bell was lost with Redis, or its worker was killed."""
    for queue in outbox.waiting_queues():
        jobs.heard(queue)
        jobs.ring(queue)


def forget_old_webhooks() -> None:
    """Has messages deleted to which nothing has happened for long (06 §7)."""
    with transaction():
        outbox.enqueue("webhooks.forget_old", organization_id=None)


CADENCES = (
    (20, find_due_work),
    (2, sweep_outbox),
    (86_400, forget_old_webhooks),
)
"""Seconds between two runs, and the function."""


def main() -> None:
    """Runs until told to stop. Several schedulers do no harm: what they find is keyed, and done once."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    app = create_app(settings)
    scheduler = BlockingScheduler()
    for seconds, function in CADENCES:
        scheduler.add_job(
            _in_context, IntervalTrigger(seconds=seconds), args=[app, function], id=function.__name__,
            max_instances=1, coalesce=True, next_run_time=clock.real_now(),
        )
    scheduler.start()


def _in_context(app: Flask, function: object) -> None:
    with app.app_context():
        try:
            function()  # type: ignore[operator]
        finally:
            db.session.remove()


if __name__ == "__main__":
    main()
