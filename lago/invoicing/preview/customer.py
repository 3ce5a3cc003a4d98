"""For whom a preview is made: a customer as he would be with what the request says, or one who does not exist."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.ids import new_id
from lago.customers.create import create_customer
from lago.customers.inputs import CustomerInput
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.organizations.models import Organization

_CHANGEABLE = (
    "name", "tax_identification_number", "currency", "timezone", "country", "address_line1", "address_line2", "city",
    "zipcode", "state", "shipping_country", "shipping_address_line1", "shipping_address_line2", "shipping_city",
    "shipping_state", "shipping_zipcode",
)


def previewed_customer(organization: Organization, sent: Mapping[str, Any]) -> tuple[Customer, bool]:
    """The customer, and whether he exists. What the request says of him holds until the savepoint is undone; a null
    clears. A new one is billed by the default billing entity.

    Raises NotFound for an unknown external id, Invalid for values that no customer can have.
    """
    external_id = sent.get("external_id")
    values = CustomerInput(only=_CHANGEABLE).read(sent)
    if external_id is None:
        customer, exists = create_customer(organization, f"preview-{new_id()}"), False
    else:
        found = customer_by_external_id(organization.id, str(external_id))
        if found is None:
            raise NotFound("customer")
        customer, exists = found, True
    for name, value in values.items():
        setattr(customer, name, value)
    db.session.flush()
    return customer, exists
