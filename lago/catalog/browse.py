"""What the pages show of the catalog."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select, union_all
from sqlalchemy.orm import lazyload

from lago.catalog.models import BillableMetric, Charge, FixedCharge, Plan, PricingUnit
from lago.catalog.queries import billable_metrics, plans, pricing_units
from lago.core.db import db

PARTS_OF_PLANS = (Plan.charges, Plan.fixed_charges, Plan.taxes, Plan.minimum_commitment)
"""What of a plan is read along with it, unless a query says otherwise."""


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
    return _plan_counts(Charge.billable_metric_id, [metric.id for metric in metrics])


def plans_in_units(units: Iterable[PricingUnit]) -> dict[uuid.UUID, int]:
    """The same of pricing units: how many plans have prices in them."""
    return _plan_counts(Charge.pricing_unit_id, [unit.id for unit in units])


def find_pricing_unit(organization_id: uuid.UUID, unit_id: uuid.UUID) -> PricingUnit | None:
    return db.session.scalar(pricing_units(organization_id).where(PricingUnit.id == unit_id))


def _plan_counts(column: Any, identifiers: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many plans have charges with each of the values in that column."""
    family = func.coalesce(Plan.parent_id, Plan.id)
    query = (
        select(column, func.count(family.distinct()))
        .join(Plan, Plan.id == Charge.plan_id)
        .where(column.in_(identifiers), Charge.deleted_at.is_(None), Plan.deleted_at.is_(None))
        .group_by(column)
    )
    return {identifier: number for identifier, number in db.session.execute(query)}


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
    query = query.options(*(lazyload(part) for part in PARTS_OF_PLANS))
    return {plan.id: plan for plan in db.session.scalars(query)}


def metrics_by_name(organization_id: uuid.UUID) -> Sequence[BillableMetric]:
    """All metrics of the organization in alphabetical order, to choose from."""
    query = billable_metrics(organization_id).order_by(None)
    return db.session.scalars(query.order_by(func.lower(BillableMetric.name), BillableMetric.seq)).all()


def browse_plans(organization_id: uuid.UUID, search: str | None) -> Select[Plan]:
    """The organization's plans without what lies in them, newest first; `search`: a part of the name or the code."""
    query = plans(organization_id).options(*(lazyload(part) for part in PARTS_OF_PLANS))
    if search:
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in (Plan.name, Plan.code))))
    return query


def plans_by_name(organization_id: uuid.UUID) -> Sequence[Plan]:
    """All plans of the organization without what lies in them, in alphabetical order, to choose from."""
    query = plans(organization_id).order_by(None).options(*(lazyload(part) for part in PARTS_OF_PLANS))
    return db.session.scalars(query.order_by(func.lower(Plan.name), Plan.seq)).all()


def find_plan(organization_id: uuid.UUID, plan_id: uuid.UUID) -> Plan | None:
    """The plan, unless it was deleted or overrides another one."""
    return db.session.scalar(plans(organization_id).where(Plan.id == plan_id))


def overriding_count(plan: Plan) -> int:
    """How many plans of single subscriptions override this one."""
    query = select(func.count()).select_from(Plan).where(Plan.parent_id == plan.id, Plan.deleted_at.is_(None))
    return db.session.scalar(query) or 0


def charge_counts(some: Iterable[Plan]) -> dict[uuid.UUID, int]:
    """How many charges each of the plans has, fixed ones too, by their ids; those without any are left out."""
    ids = [plan.id for plan in some]
    kinds = union_all(*(
        select(kind.plan_id).where(kind.plan_id.in_(ids), kind.deleted_at.is_(None)) for kind in (Charge, FixedCharge)
    )).subquery()
    query = select(kinds.c.plan_id, func.count()).group_by(kinds.c.plan_id)
    return {plan_id: number for plan_id, number in db.session.execute(query)}
