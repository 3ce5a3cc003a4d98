"""Reads of customers. Deleted ones are not found."""

import uuid

from sqlalchemy import select

from lago.core.db import db
from lago.customers.models import Customer


def customer_by_external_id(organization_id: uuid.UUID, external_id: str) -> Customer | None:
    query = select(Customer).where(
        Customer.organization_id == organization_id,
        Customer.external_id == external_id,
        Customer.deleted_at.is_(None),
    )
    return db.session.scalars(query).first()
