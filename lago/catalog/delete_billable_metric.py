"""The end of a billable metric (01 §2.7)."""

from sqlalchemy import column, select, table, update

from lago.catalog.flag_drafts import flag_drafts
from lago.catalog.metric_filters import lock_metric_filters
from lago.catalog.models import BillableMetric, BillableMetricFilter, Charge, ChargeFilter
from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce

_alerts = table("alerts", column("organization_id"), column("billable_metric_id"), column("deleted_at"))
"""Of a higher slice."""


def delete_billable_metric(metric: BillableMetric) -> None:
    """Deletes the metric, its filters, its charges on all plans and theirs, and its alerts; the code is free again,
    events stay."""
    now = clock.now()
    metric.deleted_at = now
    db.session.flush()  # before the lock, as an update does: so none of the two waits for the other
    lock_metric_filters([metric.id])
    flag_drafts(metric)
    charges = select(Charge.id).where(Charge.billable_metric_id == metric.id)
    for rows, is_its in (
        (ChargeFilter, ChargeFilter.charge_id.in_(charges)),
        (Charge, Charge.billable_metric_id == metric.id),
        (BillableMetricFilter, BillableMetricFilter.billable_metric_id == metric.id),
    ):
        db.session.execute(update(rows).where(is_its, rows.deleted_at.is_(None)).values(deleted_at=now))
    its_alerts = (_alerts.c.organization_id == metric.organization_id, _alerts.c.billable_metric_id == metric.id)
    db.session.execute(update(_alerts).where(*its_alerts, _alerts.c.deleted_at.is_(None)).values(deleted_at=now))
    announce("billable_metric.deleted", metric)
