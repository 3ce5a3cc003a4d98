"""`/customers` (06 §3)."""

from typing import Any

from lago.api.kit import argument, arguments, body, current_organization, found, many, mapping, one
from lago.api.routes import endpoint
from lago.customers import queries
from lago.customers.delete import delete_customer
from lago.customers.inputs import CustomerFilters
from lago.customers.models import Customer
from lago.customers.schemas import CustomerSchema
from lago.customers.upsert import upsert_customer

ONE = ("taxes", "integration_customers", "applicable_invoice_custom_sections", "error_details")
"""What the answers about one customer show beyond the list."""

_SCALARS = ("search_term", "external_id", "customer_type", "has_customer_type", "has_tax_identification_number")
_LISTS = ("account_type", "currencies", "countries", "states", "zipcodes", "billing_entity_codes")


@endpoint("GET", "/customers", permission="customer")
def list_() -> dict[str, Any]:
    customers = queries.customers(current_organization().id, _filters())
    return many("customers", CustomerSchema("taxes", "integration_customers"), customers)


@endpoint("POST", "/customers", permission="customer")
def create_() -> dict[str, Any]:
    return one("customer", CustomerSchema(*ONE), upsert_customer(current_organization(), body("customer")))


@endpoint("GET", "/customers/<segment:external_id>", permission="customer")
def show_(external_id: str) -> dict[str, Any]:
    return one("customer", CustomerSchema(*ONE), _customer(external_id))


@endpoint("DELETE", "/customers/<segment:external_id>", permission="customer")
def delete_(external_id: str) -> dict[str, Any]:
    customer = _customer(external_id)
    delete_customer(customer)
    return one("customer", CustomerSchema(*ONE), customer)


def _customer(external_id: str) -> Customer:
    return found(queries.customer_by_external_id(current_organization().id, external_id), "customer")


def _filters() -> dict[str, Any]:
    given: dict[str, Any] = {name: argument(name) for name in _SCALARS}
    given |= {name: arguments(name) for name in _LISTS}
    given |= {"metadata": mapping("metadata")}
    return CustomerFilters().read({name: value for name, value in given.items() if value})
