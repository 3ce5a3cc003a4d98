"""The end of a billable metric (01 §2.7)."""

from sqlalchemy import select, update

from lago.catalog.flag_drafts import flag_drafts
from lago.catalog.metric_filters import lock_metric_filters
from lago.catalog.models import BillableMetric, BillableMetricFilter, Charge, ChargeFilter
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce


def delete_billable_metric(metric: BillableMetric) -> None:
    """Deletes the metric, its filters, its charges on all plans and theirs; the code is free again, events stay."""
    now = clock.now()
    metric.deleted_at = now
    db.session.flush()  # before the lock, as an update does: so none of the two waits for the other
    lock_metric_filters([metric.id])
    flag_drafts(metric)
    charges = select(Charge.id).where(Charge.billable_metric_id == metric.id)
    for table, is_its in (
        (ChargeFilter, ChargeFilter.charge_id.in_(charges)),
        (Charge, Charge.billable_metric_id == metric.id),
        (BillableMetricFilter, BillableMetricFilter.billable_metric_id == metric.id),
    ):
        db.session.execute(update(table).where(is_its, table.deleted_at.is_(None)).values(deleted_at=now))
    announce("billable_metric.deleted", metric)
