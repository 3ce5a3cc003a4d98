"""A customer known by nothing but an external id."""

from sqlalchemy import func, select

from lago.core.db import db, lock, unique
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import default_billing_entity


def find_or_create_customer(
    organization: Organization, external_id: str, billing_entity: BillingEntity | None = None
) -> Customer:
    """The organization's customer of that external id, made if there is none.

    `billing_entity` is that of a new customer; without one it is the organization's default.
    """
    query = select(Customer).where(
        Customer.organization_id == organization.id,
        Customer.external_id == external_id,
        Customer.deleted_at.is_(None),
    )
    customer = db.session.scalars(query).first()
    return customer or _create(organization, external_id, billing_entity or default_billing_entity(organization.id))


def _create(organization: Organization, external_id: str, entity: BillingEntity) -> Customer:
    """Its rank in the organization counts deleted customers too (06 §3.1)."""
    lock(f"customers {organization.id}")
    highest = select(func.max(Customer.sequential_id)).where(Customer.organization_id == organization.id)
    rank = (db.session.scalar(highest) or 0) + 1
    customer = Customer(
        organization_id=organization.id, external_id=external_id, billing_entity_id=entity.id, billing_entity=entity,
        sequential_id=rank, slug=f"{organization.document_number_prefix}-{rank:03}", account_type="customer",
        finalize_zero_amount_invoice="inherit", skip_invoice_custom_sections=False,
    )
    with unique("uq_customers_external_id", "external_id"):
        db.session.add(customer)
    return customer
