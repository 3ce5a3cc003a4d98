"""Reads of the catalog. Deleted objects are not found."""

import uuid
from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, column, exists, select, table
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from lago.catalog.models import AddOn, BillableMetric, Charge, ChargeFilter, FixedCharge, Plan, PricingUnit, Tax
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.ids import as_uuid
from lago.organizations.models import BillingEntity

T = TypeVar("T")

_subscriptions = table("subscriptions", column("plan_id"))  # of a higher slice


def taxes(organization_id: uuid.UUID) -> Select[Tax]:
    """Taxes by name, of the same name the newest first (06 §2.3), with the billing entities that have them."""
    query = _kept(Tax, organization_id).options(selectinload(Tax.billing_entities))
    return query.order_by(Tax.name, Tax.created_at.desc(), Tax.seq.desc())


def tax_by_code(organization_id: uuid.UUID, code: str) -> Tax | None:
    return db.session.scalar(taxes(organization_id).where(Tax.code == code))


def taxes_of_entity(entity: BillingEntity) -> Select[Tax]:
    """The taxes that a billing entity has."""
    return taxes(entity.organization_id).where(Tax.billing_entities.any(BillingEntity.id == entity.id))


def taxes_by_code(organization_id: uuid.UUID, codes: Iterable[str]) -> dict[str, Tax]:
    """The taxes of these codes. Raises NotFound if one is unknown."""
    wanted = set(codes)
    query = _kept(Tax, organization_id).where(Tax.code.in_(wanted))
    found = {tax.code: tax for tax in db.session.scalars(query)} if wanted else {}
    if len(found) < len(wanted):
        raise NotFound("tax")
    return found


def taxes_of_codes(organization_id: uuid.UUID, codes: Iterable[str]) -> list[Tax]:
    """The taxes of these codes, each once, oldest first. Raises NotFound if one is unknown."""
    return sorted(taxes_by_code(organization_id, codes).values(), key=lambda tax: tax.seq)


def billable_metrics(organization_id: uuid.UUID) -> Select[BillableMetric]:
    """Billable metrics, newest first."""
    return _newest_first(BillableMetric, organization_id)


def billable_metric_by_code(organization_id: uuid.UUID, code: str) -> BillableMetric | None:
    return db.session.scalar(_kept(BillableMetric, organization_id).where(BillableMetric.code == code))


def billable_metrics_by_id(
    organization_id: uuid.UUID, identifiers: Iterable[uuid.UUID]
) -> dict[uuid.UUID, BillableMetric]:
    """Those of the metrics that there are, by their ids."""
    query = _kept(BillableMetric, organization_id).where(BillableMetric.id.in_(set(identifiers)))
    return {metric.id: metric for metric in db.session.scalars(query)}


def is_attached_to_a_plan(metric: BillableMetric) -> bool:
    """Whether a charge of a plan counts this metric; neither of them deleted (01 §2.3)."""
    attached = exists().where(
        Charge.billable_metric_id == metric.id, Charge.deleted_at.is_(None),
        Plan.id == Charge.plan_id, Plan.deleted_at.is_(None),
    )
    return bool(db.session.scalar(select(attached)))


def add_ons(organization_id: uuid.UUID) -> Select[AddOn]:
    """Add-ons, newest first."""
    return _newest_first(AddOn, organization_id)


def add_on_by_code(organization_id: uuid.UUID, code: str) -> AddOn | None:
    return db.session.scalar(_kept(AddOn, organization_id).where(AddOn.code == code))


def add_ons_by_id(organization_id: uuid.UUID, identifiers: Iterable[uuid.UUID]) -> dict[uuid.UUID, AddOn]:
    """Those of the add-ons that there are, by their ids."""
    query = _kept(AddOn, organization_id).where(AddOn.id.in_(set(identifiers)))
    return {add_on.id: add_on for add_on in db.session.scalars(query)}


def plans(organization_id: uuid.UUID) -> Select[Plan]:
    """Plans, newest first, those waiting for their deletion too; plans that override another are not among them."""
    return _newest_first(Plan, organization_id).where(Plan.parent_id.is_(None))


def plans_to_list(organization_id: uuid.UUID) -> Select[Plan]:
    """The same with what a list shows of them."""
    return plans(organization_id).options(selectinload(Plan.usage_thresholds))


def plan_by_code(organization_id: uuid.UUID, code: str) -> Plan | None:
    return db.session.scalar(plans(organization_id).where(Plan.code == code))


def lock_plan(plan: Plan) -> None:
    """Reads the plan anew with all its parts, and keeps others from changing it or subscribing to it from here on."""
    query = select(Plan).where(Plan.id == plan.id).with_for_update(of=Plan)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def keep_from_deletion(plan: Plan) -> None:
    """Has the plan stay to the end of the transaction. Raises NotFound if it has just been deleted."""
    query = select(Plan.deleted_at).where(Plan.id == plan.id).with_for_update(read=True, key_share=True)
    if db.session.scalar(query) is not None:
        raise NotFound("plan")


def hold_plan(plan: Plan) -> None:
    """Waits for changes of the plan that are under way and reads it anew with all its parts; others may do so too."""
    query = select(Plan).where(Plan.id == plan.id).with_for_update(of=Plan, read=True, key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def keep_plan(plan: Plan) -> None:
    """Waits for changes of the plan that are under way and reads its fixed charges anew; others may do so too."""
    db.session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update(read=True, key_share=True))
    query = select(FixedCharge).where(FixedCharge.plan_id == plan.id, FixedCharge.deleted_at.is_(None))
    rows = db.session.scalars(query.order_by(FixedCharge.seq).execution_options(populate_existing=True)).all()
    set_committed_value(plan, "fixed_charges", list(rows))


def charges(plan: Plan) -> Select[Charge]:
    """The charges of a plan, newest first (02 §2.2)."""
    return _newest_first(Charge, plan.organization_id).where(Charge.plan_id == plan.id)


def charge_by_code(plan: Plan, code: str) -> Charge | None:
    return db.session.scalar(charges(plan).where(Charge.code == code))


def charge_filters(charge: Charge) -> Select[ChargeFilter]:
    """The filters of a charge, the one that was changed longest ago first (02 §2.6)."""
    query = _kept(ChargeFilter, charge.organization_id).where(ChargeFilter.charge_id == charge.id)
    return query.order_by(ChargeFilter.position, ChargeFilter.seq)


def charge_filter_by_id(charge: Charge, text: str) -> ChargeFilter | None:
    identifier = as_uuid(text)
    return db.session.scalar(charge_filters(charge).where(ChargeFilter.id == identifier)) if identifier else None


def pricing_units(organization_id: uuid.UUID) -> Select[PricingUnit]:
    """Pricing units, newest first."""
    query = select(PricingUnit).where(PricingUnit.organization_id == organization_id)
    return query.order_by(PricingUnit.created_at.desc(), PricingUnit.seq.desc())


def pricing_units_by_code(organization_id: uuid.UUID, codes: Iterable[str]) -> dict[str, PricingUnit]:
    """Those of the pricing units that there are, by their codes."""
    wanted = set(codes)
    query = pricing_units(organization_id).where(PricingUnit.code.in_(wanted))
    return {unit.code: unit for unit in db.session.scalars(query)} if wanted else {}


def fixed_charges(plan: Plan) -> Select[FixedCharge]:
    """The fixed charges of a plan, newest first."""
    return _newest_first(FixedCharge, plan.organization_id).where(FixedCharge.plan_id == plan.id)


def fixed_charge_by_code(plan: Plan, code: str) -> FixedCharge | None:
    return db.session.scalar(fixed_charges(plan).where(FixedCharge.code == code))


def has_had_subscriptions(plan: Plan) -> bool:
    """Whether there is a subscription of the plan, of any status: then its terms are fixed (03 §1.3)."""
    return bool(db.session.scalar(select(exists().where(_subscriptions.c.plan_id == plan.id))))


def _kept(model: type[T], organization_id: uuid.UUID) -> Select[T]:
    columns: Any = model
    return select(model).where(columns.organization_id == organization_id, columns.deleted_at.is_(None))


def _newest_first(model: type[T], organization_id: uuid.UUID) -> Select[T]:
    columns: Any = model
    return _kept(model, organization_id).order_by(columns.created_at.desc(), columns.seq.desc())
