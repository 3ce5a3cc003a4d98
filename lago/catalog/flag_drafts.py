"""Draft invoices that a change of a metric concerns."""

from sqlalchemy import select

from lago.catalog.models import BillableMetric, Charge
from lago.core.db import db
from lago.core.outbox import enqueue


def flag_drafts(metric: BillableMetric) -> None:
    """Has drafts made anew whose plans have charges on the metric (01 §2.4, §2.7)."""
    plans = select(Charge.plan_id).where(Charge.billable_metric_id == metric.id, Charge.deleted_at.is_(None)).distinct()
    if plan_ids := [str(plan_id) for plan_id in db.session.scalars(plans)]:
        enqueue("invoicing.flag_drafts", organization_id=metric.organization_id, plan_ids=plan_ids)
