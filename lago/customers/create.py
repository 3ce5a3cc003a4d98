"""A new customer."""

from lago.core.db import db, lock, unique
from lago.customers.models import Customer
from lago.customers.queries import next_sequential_id
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import default_billing_entity


def create_customer(organization: Organization, external_id: str, entity: BillingEntity | None = None) -> Customer:
    """The organization's next customer, billed by `entity` (null: the default one).

    Raises Invalid if, at the same time, another request made a customer of that external id (06 §3.1).
    """
    lock_customers(organization)
    number = next_sequential_id(organization.id)
    customer = Customer(
        organization_id=organization.id, external_id=external_id, sequential_id=number,
        slug=f"{organization.document_number_prefix}-{number:03}", taxes=[], metadata_rows=[],
        billing_entity=entity or default_billing_entity(organization.id),
    )
    with unique("uq_customers_external_id", "external_id"):
        db.session.add(customer)
    return customer


def lock_customers(organization: Organization) -> None:
    """Waits until no other request is making a customer of the organization, and keeps others from it."""
    lock(f"customers of {organization.id}")
