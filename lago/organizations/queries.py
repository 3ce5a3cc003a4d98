"""Reads of organizations."""

import uuid

from sqlalchemy import select

from lago.core.db import db
from lago.organizations.models import BillingEntity, Organization


def organization_by_id(identifier: uuid.UUID) -> Organization | None:
    return db.session.get(Organization, identifier)


def default_billing_entity(organization_id: uuid.UUID) -> BillingEntity:
    """The oldest active billing entity (06 §1.3)."""
    query = (
        select(BillingEntity)
        .where(BillingEntity.organization_id == organization_id, BillingEntity.archived_at.is_(None))
        .order_by(BillingEntity.created_at, BillingEntity.seq)
    )
    return db.session.scalars(query.limit(1)).one()


def billing_entity_by_code(organization_id: uuid.UUID, code: str) -> BillingEntity | None:
    """The active billing entity of that code."""
    query = select(BillingEntity).where(
        BillingEntity.organization_id == organization_id,
        BillingEntity.code == code,
        BillingEntity.archived_at.is_(None),
    )
    return db.session.scalar(query)
