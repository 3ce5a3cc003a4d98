"""The scheduler: a table of cadences and what to look for. It only finds work; workers do it."""

import os

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
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


def forget_old_logs() -> None:
    """Has the lines of the three logs deleted that are older than they are kept (06 §6)."""
    with transaction():
        outbox.enqueue("audit.forget_old", organization_id=None)
        outbox.enqueue("audit.forget_old_activities", organization_id=None)


def look_for_event_errors() -> None:
    """Has the events of the hours that are over looked at; each of these hours once, however long ago (01 §1.9)."""
    with transaction():
        outbox.enqueue("metering.report_event_errors", organization_id=None)


def keep_usage_days() -> None:
    """Has the days of usage that are over kept, each of them once, however long ago (06 §7)."""
    with transaction():
        outbox.enqueue("analytics.keep_usage_days", organization_id=None)


CADENCES = (
    (IntervalTrigger(seconds=20), find_due_work),
    (IntervalTrigger(seconds=2), sweep_outbox),
    (IntervalTrigger(days=1), forget_old_webhooks),
    (IntervalTrigger(days=1), forget_old_logs),
    (CronTrigger(minute=5, timezone="UTC"), look_for_event_errors),
    (CronTrigger(minute=15, timezone="UTC"), keep_usage_days),
)
"""When to run, besides at the start, and the function."""

_LATE_S = 60
"""How late a run may begin. After that the next one does its work too."""


def main() -> None:
    """Runs until told to stop. Several schedulers do no harm: what they find is keyed, and done once."""
    settings = Settings.from_env(os.environ)
    logs.configure(settings.log_level)
    app = create_app(settings)
    scheduler = BlockingScheduler()
    for trigger, function in CADENCES:
        scheduler.add_job(
            _in_context, trigger, args=[app, function], id=function.__name__,
            max_instances=1, coalesce=True, misfire_grace_time=_LATE_S, next_run_time=clock.real_now(),
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
