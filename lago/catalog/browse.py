"""What the pages show of the catalog."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import lazyload

from lago.catalog.models import BillableMetric, Charge, Plan
from lago.catalog.queries import billable_metrics
from lago.core.db import db


def metric_codes(organization_id: uuid.UUID) -> Sequence[str]:
    """The codes under which events are counted, in alphabetical order."""
    query = select(BillableMetric.code).where(
        BillableMetric.organization_id == organization_id, BillableMetric.deleted_at.is_(None)
    )
    return db.session.scalars(query.order_by(BillableMetric.code)).all()


def browse_metrics(organization_id: uuid.UUID, search: str | None) -> Select[BillableMetric]:
    """The organization's metrics, newest first; `search`: a part of the name or the code, in any case."""
    query = billable_metrics(organization_id)
    if search:
        columns = (BillableMetric.name, BillableMetric.code)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return query


def find_metric(organization_id: uuid.UUID, metric_id: uuid.UUID) -> BillableMetric | None:
    """The metric, unless it was deleted."""
    return db.session.scalar(billable_metrics(organization_id).where(BillableMetric.id == metric_id))


def plan_counts(metrics: Iterable[BillableMetric]) -> dict[uuid.UUID, int]:
    """In how many plans each of the metrics is priced, by their ids; those in none are left out.

    A plan and what overrides it for single subscriptions are one.
    """
    family = func.coalesce(Plan.parent_id, Plan.id)
    query = (
        select(Charge.billable_metric_id, func.count(family.distinct()))
        .join(Plan, Plan.id == Charge.plan_id)
        .where(Charge.billable_metric_id.in_([metric.id for metric in metrics]))
        .where(Charge.deleted_at.is_(None), Plan.deleted_at.is_(None))
        .group_by(Charge.billable_metric_id)
    )
    return {metric_id: number for metric_id, number in db.session.execute(query)}


def charges_on(metric: BillableMetric) -> Select[Charge]:
    """The charges of plans that price the metric: those of the newest plans first, of overriding plans last."""
    return (
        select(Charge)
        .join(Plan, Plan.id == Charge.plan_id)
        .where(Charge.billable_metric_id == metric.id, Charge.deleted_at.is_(None), Plan.deleted_at.is_(None))
        .order_by(Plan.parent_id.is_not(None), Plan.seq.desc(), Charge.seq)
    )


def plans_of(charges: Collection[Charge]) -> Mapping[uuid.UUID, Plan]:
    """The plans that the charges belong to, by their ids, without what lies in them."""
    query = select(Plan).where(Plan.id.in_({charge.plan_id for charge in charges}))
    query = query.options(lazyload(Plan.charges), lazyload(Plan.taxes))
    return {plan.id: plan for plan in db.session.scalars(query)}
