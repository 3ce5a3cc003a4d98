"""A customer whom a client only names."""

from lago.customers.create import create_customer, lock_customers
from lago.customers.eu_taxes import detect_eu_taxes
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.organizations.models import BillingEntity, Organization


def find_or_create_customer(
    organization: Organization, external_id: str, entity: BillingEntity | None = None
) -> Customer:
    """The customer of that external id; an unknown one is made, billed by `entity` (03 §2.1-6).

    Of several requests that name a new customer at the same time one makes him, and the others find him.
    """
    found = customer_by_external_id(organization.id, external_id)
    if found is None:
        lock_customers(organization)
        found = customer_by_external_id(organization.id, external_id)
    if found is None:
        found = create_customer(organization, external_id, entity)
        detect_eu_taxes(found, None, None)
    return found
