"""What the pages show of customers."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select

from lago.core.db import db
from lago.customers.models import Customer

SEARCHED = (
    Customer.name, Customer.firstname, Customer.lastname, Customer.legal_name, Customer.email, Customer.external_id,
)


@dataclass(frozen=True)
class CustomerFilter:
    """None: not filtered by it. `search`: a part of a name, an e-mail or the external id, in any case."""

    search: str | None = None
    currency: str | None = None


def browse_customers(organization_id: uuid.UUID, chosen: CustomerFilter) -> Select[Customer]:
    """The organization's customers, newest first."""
    query = select(Customer).where(Customer.organization_id == organization_id, Customer.deleted_at.is_(None))
    if chosen.search:
        query = query.where(customer_matches(chosen.search))
    if chosen.currency:
        query = query.where(Customer.currency == chosen.currency)
    return query.order_by(Customer.created_at.desc(), Customer.seq.desc())


def customers_of_entities(entity_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many customers each of these billing entities has; those with none are left out."""
    query = select(Customer.billing_entity_id, func.count()).where(
        Customer.billing_entity_id.in_(entity_ids), Customer.deleted_at.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Customer.billing_entity_id))}


def customer_matches(search: str) -> ColumnElement[bool]:
    """Whether a name, the e-mail or the external id contains `search`, in any case."""
    return or_(*(column.icontains(search, autoescape=True) for column in SEARCHED))


def find_customer(organization_id: uuid.UUID, customer_id: uuid.UUID) -> Customer | None:
    """The customer, deleted or not."""
    return db.session.scalar(
        select(Customer).where(Customer.organization_id == organization_id, Customer.id == customer_id)
    )


def currencies_of_customers(organization_id: uuid.UUID) -> list[str]:
    """The currencies that customers are billed in, in alphabetical order."""
    query = select(Customer.currency).where(Customer.organization_id == organization_id, Customer.currency.is_not(None))
    return [currency for currency in db.session.scalars(query.distinct().order_by(Customer.currency)) if currency]
