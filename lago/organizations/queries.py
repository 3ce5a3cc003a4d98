"""Reads of organizations."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select

from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.ids import as_uuid
from lago.organizations.models import BillingEntity, Organization


def organization_by_id(identifier: uuid.UUID) -> Organization | None:
    return db.session.get(Organization, identifier)


def default_billing_entity(organization_id: uuid.UUID) -> BillingEntity:
    """The oldest active billing entity (06 §1.3)."""
    return db.session.scalars(billing_entities(organization_id).limit(1)).one()


def billing_entities(organization_id: uuid.UUID) -> Select[BillingEntity]:
    """The active billing entities in the order in which they were made, the default one first: a sandbox clock may
    stand before the day on which the organization was made."""
    return (
        select(BillingEntity)
        .where(BillingEntity.organization_id == organization_id, BillingEntity.archived_at.is_(None))
        .order_by(BillingEntity.seq)
    )


def billing_entity_by_code(organization_id: uuid.UUID, code: str) -> BillingEntity | None:
    """The active billing entity of that code."""
    return _active_entity(organization_id, BillingEntity.code == code)


def billing_entity_named(organization_id: uuid.UUID, code: str | None, identifier: str | None) -> BillingEntity | None:
    """The active billing entity of that code, else of that id; None if neither is given. Raises NotFound."""
    if not code and not identifier:
        return None
    named = BillingEntity.code == code if code else BillingEntity.id == as_uuid(identifier)
    entity = _active_entity(organization_id, named)
    if entity is None:
        raise NotFound("billing_entity")
    return entity


def billing_entity_ids(organization_id: uuid.UUID, codes: Sequence[str]) -> list[uuid.UUID]:
    """The ids of the billing entities of these codes, archived ones too. Raises NotFound for an unknown code."""
    query = select(BillingEntity.id, BillingEntity.code).where(
        BillingEntity.organization_id == organization_id, BillingEntity.code.in_(codes)
    )
    rows = db.session.execute(query).all()
    if {row.code for row in rows} != set(codes):
        raise NotFound("billing_entity")
    return [row.id for row in rows]


def _active_entity(organization_id: uuid.UUID, named: ColumnElement[bool]) -> BillingEntity | None:
    query = select(BillingEntity).where(
        BillingEntity.organization_id == organization_id, named, BillingEntity.archived_at.is_(None)
    )
    return db.session.scalar(query)
