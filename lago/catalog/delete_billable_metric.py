"""The end of a billable metric (01 §2.7)."""

from sqlalchemy import update

from lago.catalog.models import BillableMetric, Charge
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_billable_metric(metric: BillableMetric) -> None:
    """Deletes the metric with its charges on all plans; its code is free again, its events stay."""
    now = clock.now()
    metric.deleted_at = now
    db.session.execute(
        update(Charge)
        .where(Charge.billable_metric_id == metric.id, Charge.deleted_at.is_(None))
        .values(deleted_at=now)
    )
    announce("billable_metric.deleted", metric)
