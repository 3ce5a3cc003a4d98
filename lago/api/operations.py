"""`/health`, `/ready` and `/metrics`: for load balancers, operators and Prometheus; no key is needed."""

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lago.api.replies import as_response
from lago.core import clock, jobs, outbox
from lago.core.db import db, transaction

VERSION = "0.1.0"
SOURCE = ""  # Lago's clients read the key; this program has no public repository to name

blueprint = Blueprint("operations", __name__)


@blueprint.get("/health")
def health() -> Response:
    """200 with the version if both stores answer, else 500 and which does not."""
    checks = {"database": _works(_database_answers), "redis": _works(_redis_answers)}
    reply = {"version": VERSION, "github_url": SOURCE, "message": "Success", "checks": checks}
    if all(checks.values()):
        return as_response(reply)
    failed = ", ".join(name for name, works in checks.items() if not works)
    return as_response({**reply, "message": "Unhealthy", "details": f"no answer from: {failed}"}, 500)


@blueprint.get("/ready")
def ready() -> Response:
    """200 only when migrations are current and both stores answer."""
    if all(map(_works, (_database_answers, _redis_answers, _migrations_are_current))):
        return as_response({"status": "ok"})
    return as_response({"status": "not ready"}, 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """What waits and what failed, read from PostgreSQL: the same figures whichever process answers."""
    registry = CollectorRegistry()
    waiting = Gauge("lago_outbox_rows", "Pieces of background work", ["queue", "state"], registry=registry)
    oldest = Gauge("lago_outbox_oldest_seconds", "Age of the oldest open piece of work", ["queue"], registry=registry)
    now = clock.real_now()
    for row in outbox.figures():
        waiting.labels(row.queue, "failed" if row.failed else "open").set(row.rows)
        if not row.failed:
            oldest.labels(row.queue).set(max(0.0, (now - row.oldest).total_seconds()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _works(check: Callable[[], bool]) -> bool:
    try:
        with transaction():
            return check()
    except (SQLAlchemyError, RedisError):
        return False


def _database_answers() -> bool:
    return db.session.scalar(text("SELECT 1")) == 1


def _redis_answers() -> bool:
    return bool(jobs.connection().ping())


def _migrations_are_current() -> bool:
    directory = ScriptDirectory(current_app.extensions["migrate"].directory)
    return MigrationContext.configure(db.session.connection()).get_current_revision() == directory.get_current_head()
