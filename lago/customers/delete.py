"""The end of a customer (06 §3.4)."""

from lago.core import clock
from lago.core.outbox import announce, enqueue
from lago.customers.models import Customer


def delete_customer(customer: Customer) -> None:
    """Deletes the customer, whose external id is free again; what is still running is ended in the background."""
    customer.deleted_at = clock.now()
    announce("customer.deleted", customer)
    enqueue("invoicing.end_customer", organization_id=customer.organization_id, customer_id=customer.id)
